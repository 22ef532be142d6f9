import type { MailKind } from './mail.ts';
import type { MailOrder, Written } from './mail-document.ts';
import {
  GOOGLE_CONNECTED,
  GOOGLE_DISCONNECTED,
  PASSKEY_ADDED,
  PASSKEY_REMOVED,
  RECOVERY_RENEWED,
  RECOVERY_USED,
  TWO_STEP_OFF,
  TWO_STEP_ON,
} from './mail-texts.ts';
import { writeKnown, writeNotice, writePasswordChanged, writeProve, writeReset } from './write-account-mails.ts';
import { writeAddressAsked, writeAddressChanged, writeNewAddress } from './write-address-mails.ts';
import {
  writeAgain,
  writeCancelled,
  writeConfirmed,
  writeEventCancelled,
  writeEventChanged,
} from './write-booking-mails.ts';

const WRITERS: Readonly<Record<MailKind, (order: MailOrder) => Written>> = {
  'booking.confirmed': writeConfirmed,
  'booking.cancelled': writeCancelled,
  'event.changed': writeEventChanged,
  'event.cancelled': writeEventCancelled,
  'guest.again': writeAgain,
  'account.prove': writeProve,
  'account.reset': writeReset,
  'account.known': writeKnown,
  'account.new-address': writeNewAddress,
  'account.address-asked': writeAddressAsked,
  'account.address-changed': writeAddressChanged,
  'account.password-changed': writePasswordChanged,
  'account.google-connected': writeNotice(GOOGLE_CONNECTED),
  'account.google-disconnected': writeNotice(GOOGLE_DISCONNECTED),
  'account.two-step-on': writeNotice(TWO_STEP_ON),
  'account.two-step-off': writeNotice(TWO_STEP_OFF),
  'account.recovery-used': writeNotice(RECOVERY_USED),
  'account.recovery-renewed': writeNotice(RECOVERY_RENEWED),
  'account.passkey-added': writeNotice(PASSKEY_ADDED),
  'account.passkey-removed': writeNotice(PASSKEY_REMOVED),
};

/** Writes a mail about its facts as they are now; `undefined` when there is no such kind of mail. */
export function writeMail(kind: string, order: MailOrder): Written | undefined {
  return Object.hasOwn(WRITERS, kind) ? WRITERS[kind as MailKind](order) : undefined;
}
