import { error } from '@sveltejs/kit';
import { readKeptMail } from '#server/mail/local-mailbox.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) => {
  const { calendar } = await readKeptMail(locals.app, params.mail);
  if (calendar === null) error(404);
  return new Response(calendar, {
    headers: {
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'attachment; filename="event.ics"',
    },
  });
};
