import { isGuest } from '#server/accounts/account.ts';
import { momentInWords, zoneInWords } from '../../words/wall-clock.ts';
import type { MailFacts } from './mail.ts';
import type { MailOrder, MailPart, MailSetting, Written } from './mail-document.ts';
import {
  FACTS,
  FRAME,
  GUEST_RESET,
  KNOWN,
  NOTICE,
  type NoticeWords,
  PASSWORD_CHANGED,
  PROVE,
  RESET,
} from './mail-texts.ts';
import { PROVE_DAYS, RESET_MINUTES, tokenOf } from './mailed-link.ts';

const MINUTE_MS = 60_000;

/** Whether the address is theirs. */
export function writeProve({ addressee, setting }: MailOrder): Written {
  const { id: userId, email, proveAskedAt: askedAt, isProven } = addressee;
  if (isProven || askedAt === null) return { unneeded: 'the address is confirmed' };
  if (isPast(askedAt, PROVE_DAYS * 24 * 60, setting)) return { unneeded: 'its link has ended' };
  const token = tokenOf(setting.keys, { purpose: 'prove', userId, email, askedAt });
  return {
    document: {
      subject: PROVE.subject(setting.studio.name),
      title: PROVE.title,
      parts: [
        { kind: 'text', text: PROVE.text(setting.studio.name) },
        { kind: 'button', label: PROVE.button, href: `${setting.bookingUrl}/confirm/${token}` },
        { kind: 'text', text: PROVE.after },
      ],
      reason: FRAME.asked(setting.studio.name),
    },
  };
}

/** A new password. */
export function writeReset({ addressee, setting }: MailOrder): Written {
  const { id: userId, email, passwordHash: password, resetAskedAt: askedAt } = addressee;
  const words = isGuest(addressee) ? GUEST_RESET : RESET;
  if (askedAt === null) return { unneeded: 'the password was chosen' };
  if (isPast(askedAt, RESET_MINUTES, setting)) return { unneeded: 'its link has ended' };
  const token = tokenOf(setting.keys, { purpose: 'reset', userId, email, askedAt, password });
  return {
    document: {
      subject: words.subject(setting.studio.name),
      title: words.title,
      parts: [
        { kind: 'text', text: words.text(setting.studio.name) },
        { kind: 'button', label: words.button, href: `${setting.bookingUrl}/reset/${token}` },
        { kind: 'text', text: words.after },
      ],
      reason: FRAME.asked(setting.studio.name),
    },
  };
}

/** Somebody signed up with their address. It says nothing that is not known to its reader. */
export function writeKnown({ setting }: MailOrder): Written {
  return {
    document: {
      subject: KNOWN.subject(setting.studio.name),
      title: KNOWN.title,
      parts: [
        { kind: 'text', text: KNOWN.text(setting.studio.name) },
        { kind: 'button', label: KNOWN.button, href: `${setting.bookingUrl}/sign-in` },
        { kind: 'link', text: KNOWN.forgotten, label: KNOWN.choose, href: `${setting.bookingUrl}/reset` },
        { kind: 'text', text: KNOWN.after },
      ],
      reason: FRAME.asked(setting.studio.name),
    },
  };
}

/** Something changed in how they sign in. Whoever did not do it themselves is told what to do. */
export function writeNotice(words: NoticeWords): (order: MailOrder) => Written {
  return ({ facts, setting }) => ({
    document: {
      subject: words.subject(setting.studio.name),
      title: words.title,
      parts: [
        { kind: 'text', text: words.text(setting.studio.name) },
        whenItWas(facts, setting),
        { kind: 'button', label: NOTICE.button, href: `${setting.bookingUrl}/account` },
        { kind: 'link', text: NOTICE.notYou, label: NOTICE.choose, href: `${setting.bookingUrl}/reset` },
        ...(words.after === undefined ? [] : [{ kind: 'text' as const, text: words.after }]),
      ],
      reason: FRAME.owned(setting.studio.name),
    },
  });
}

/** Their password was changed by somebody who knew it. */
export function writePasswordChanged({ facts, setting }: MailOrder): Written {
  return {
    document: {
      subject: PASSWORD_CHANGED.subject(setting.studio.name),
      title: PASSWORD_CHANGED.title,
      parts: [
        { kind: 'text', text: PASSWORD_CHANGED.text(setting.studio.name) },
        whenItWas(facts, setting),
        {
          kind: 'link',
          text: PASSWORD_CHANGED.notYou,
          label: PASSWORD_CHANGED.choose,
          href: `${setting.bookingUrl}/reset`,
        },
      ],
      reason: FRAME.owned(setting.studio.name),
    },
  };
}

/** On the clock of the studio: where its reader is nobody knows. */
function whenItWas({ occurredAt }: MailFacts, { studio }: MailSetting): MailPart {
  const moment = `${momentInWords(occurredAt, studio.timeZone)}, ${zoneInWords(studio.timeZone)}`;
  return { kind: 'facts', facts: [{ term: FACTS.when, lines: [moment] }] };
}

/** Whether a link asked for then has ended. */
export function isPast(askedAt: Date, minutes: number, { now }: MailSetting): boolean {
  return askedAt.getTime() + minutes * MINUTE_MS <= now.getTime();
}
