import { hasMailbox } from '#server/mail/mail-way.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => {
  const { app, identity, studio } = locals;
  return {
    studio: studio.name,
    /** Our public address. */
    site: app.config.bookingUrl,
    crmUrl: app.config.crmUrl,
    /** Mails lie at /dev/inbox instead of going to people. */
    mailbox: hasMailbox(app.config),
    person: identity && {
      name: identity.name,
      isFacilitator: identity.facilitatorId !== null,
      isAdmin: identity.isAdmin,
      isAssistant: identity.assists.length > 0,
    },
  };
};
