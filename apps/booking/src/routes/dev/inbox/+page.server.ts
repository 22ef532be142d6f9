import { listKeptMails } from '#server/mail/local-mailbox.ts';
import { momentInWords, zoneInWords } from '../../../words/wall-clock.ts';
import type { PageServerLoad } from './$types';

const A_PAGE = 50;

export const load: PageServerLoad = async ({ locals, url }) => {
  const after = url.searchParams.get('after') ?? undefined;
  const { timeZone } = locals.studio;
  const { items, next } = await listKeptMails(locals.app, { after, limit: A_PAGE });
  return {
    mails: items.map(({ id, recipient, subject, sentAt }) => ({
      path: `/dev/inbox/${id}`,
      recipient,
      subject,
      sentAt: sentAt.toISOString(),
      sent: momentInWords(sentAt, timeZone),
    })),
    zone: zoneInWords(timeZone),
    isFirst: after === undefined,
    older: next && `/dev/inbox?${new URLSearchParams({ after: next })}`,
  };
};
