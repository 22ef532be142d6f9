import type { RequestHandler } from './$types';

// What is somebody's own, or is there for programs.
const NOT_FOR_ROBOTS = [
  '/account',
  '/admin',
  '/api/',
  '/b/',
  '/booked',
  '/bookings',
  '/confirm',
  '/dev/',
  '/events/count',
  '/oidc/',
  '/organise',
  '/reset',
  '/sign-in',
  '/sign-out',
  '/sign-up',
];

export const GET: RequestHandler = ({ locals }) => {
  const lines = [
    'User-agent: *',
    ...NOT_FOR_ROBOTS.map((path) => `Disallow: ${path}`),
    '',
    `Sitemap: ${locals.app.config.bookingUrl}/sitemap.xml`,
    '',
  ];
  return new Response(lines.join('\n'), {
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'public, max-age=3600' },
  });
};
