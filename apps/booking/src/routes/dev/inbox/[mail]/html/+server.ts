import { readKeptMail } from '#server/mail/local-mailbox.ts';
import type { RequestHandler } from './$types';

// Only our own page frames it. It runs nothing and loads nothing; its links open pages of their own.
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ');

export const GET: RequestHandler = async ({ locals, params }) => {
  const { html } = await readKeptMail(locals.app, params.mail);
  return new Response(html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'x-frame-options': 'SAMEORIGIN',
    },
  });
};
