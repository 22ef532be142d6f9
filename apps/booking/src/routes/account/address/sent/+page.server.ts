import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { ADDRESS_MINUTES } from '#server/mail/mailed-link.ts';
import { readNote } from '../../../sealed-note.ts';
import type { PageServerLoad } from './$types';

const schema = z.object({ email: z.string() });

export const load: PageServerLoad = ({ locals, url }) => {
  const kept = { keys: locals.app.config.cookieKeys, purpose: 'address sent' };
  const note = readNote(kept, url.searchParams.get('for'), { schema, now: new Date() });
  if (!note) redirect(303, '/account/address');
  return { email: note.email, minutes: ADDRESS_MINUTES };
};
