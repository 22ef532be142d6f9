import { readKeptMail } from '#server/mail/local-mailbox.ts';
import { momentInWords, zoneInWords } from '../../../../words/wall-clock.ts';
import type { PageServerLoad } from './$types';

const LINK = /(https?:\/\/\S+)/;

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { id, recipient, subject, text, sentAt, calendar } = await readKeptMail(locals.app, params.mail);
  const { timeZone } = locals.studio;
  return {
    path: `/dev/inbox/${id}`,
    recipient,
    subject,
    sentAt: sentAt.toISOString(),
    sent: momentInWords(sentAt, timeZone),
    zone: zoneInWords(timeZone),
    hasCalendar: calendar !== null,
    isText: url.searchParams.get('view') === 'text',
    // Every other part is a link.
    text: text.split(LINK),
  };
};
