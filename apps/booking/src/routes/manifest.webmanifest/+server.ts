import { HOME } from '../home-texts.ts';
import type { RequestHandler } from './$types';

/** What a phone needs to put the site on its first screen. */
export const GET: RequestHandler = ({ locals }) => {
  const { name } = locals.studio;
  const manifest = {
    id: '/',
    name,
    short_name: name,
    description: HOME.description(name),
    lang: 'en',
    start_url: '/',
    scope: '/',
    display: 'minimal-ui',
    // Of tokens.css: the paper.
    background_color: '#fbf8f3',
    theme_color: '#fbf8f3',
    icons: [
      { src: '/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
      { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
      { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  };
  return new Response(JSON.stringify(manifest), {
    headers: { 'content-type': 'application/manifest+json; charset=utf-8', 'cache-control': 'public, max-age=3600' },
  });
};
