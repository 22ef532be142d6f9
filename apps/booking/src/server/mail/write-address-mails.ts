import type { MailOrder, Written } from './mail-document.ts';
import { ADDRESS_ASKED, ADDRESS_CHANGED, ADDRESS_TAKEN, FRAME, NEW_ADDRESS } from './mail-texts.ts';
import { ADDRESS_MINUTES, tokenOf } from './mailed-link.ts';
import { isPast } from './write-account-mails.ts';

/**
 * To an address that somebody wants for their account: a link to take it; or, where it is that of another account
 * already, that it is. Only who reads the mailbox learns which.
 */
export function writeNewAddress({ addressee, facts, setting }: MailOrder): Written {
  const { id: userId, email, passwordHash: password, newEmail, newEmailAskedAt: askedAt } = addressee;
  if (newEmail === null || askedAt === null || facts.elsewhere?.email !== newEmail) {
    return { unneeded: 'the change was made or given up' };
  }
  if (isPast(askedAt, ADDRESS_MINUTES, setting)) return { unneeded: 'its link has ended' };
  const { name } = setting.studio;
  if (facts.elsewhere.isTaken) {
    return {
      document: {
        subject: ADDRESS_TAKEN.subject(name),
        title: ADDRESS_TAKEN.title,
        parts: [
          { kind: 'text', text: ADDRESS_TAKEN.text(name) },
          {
            kind: 'link',
            text: ADDRESS_TAKEN.after,
            label: ADDRESS_TAKEN.signIn,
            href: `${setting.bookingUrl}/sign-in`,
          },
        ],
        reason: FRAME.asked(name),
      },
    };
  }
  const token = tokenOf(setting.keys, { purpose: 'address', userId, email, newEmail, askedAt, password });
  return {
    document: {
      subject: NEW_ADDRESS.subject(name),
      title: NEW_ADDRESS.title,
      parts: [
        { kind: 'text', text: NEW_ADDRESS.text(name) },
        { kind: 'button', label: NEW_ADDRESS.button, href: `${setting.bookingUrl}/address/${token}` },
        { kind: 'text', text: NEW_ADDRESS.after },
      ],
      reason: FRAME.asked(name),
    },
  };
}

/** To the address of now: somebody who knows the password wants another one. */
export function writeAddressAsked({ addressee, setting }: MailOrder): Written {
  if (addressee.newEmail === null) return { unneeded: 'the change was made or given up' };
  const { name } = setting.studio;
  return {
    document: {
      subject: ADDRESS_ASKED.subject(name),
      title: ADDRESS_ASKED.title,
      parts: [
        { kind: 'text', text: ADDRESS_ASKED.text(name) },
        { kind: 'link', text: ADDRESS_ASKED.notYou, label: ADDRESS_ASKED.choose, href: `${setting.bookingUrl}/reset` },
      ],
      reason: FRAME.owned(name),
    },
  };
}

/** To the address that was. It does not say the new one: whoever reads this mailbox later need not know. */
export function writeAddressChanged({ setting }: MailOrder): Written {
  const { name } = setting.studio;
  return {
    document: {
      subject: ADDRESS_CHANGED.subject(name),
      title: ADDRESS_CHANGED.title,
      parts: [
        { kind: 'text', text: ADDRESS_CHANGED.text(name) },
        { kind: 'text', text: ADDRESS_CHANGED.notYou(name) },
      ],
      reason: FRAME.owned(name),
    },
  };
}
