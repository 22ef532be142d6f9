import type { ListedPasskey } from '#server/passkeys/passkey-queries.ts';
import { clockFormat } from '../../../words/clock-format.ts';
import { PASSKEYS } from './passkeys-texts.ts';

const DATE = clockFormat({ day: 'numeric', month: 'long', year: 'numeric' });

/** A passkey as its owner knows it: by its name, and by when it came and was used. */
export function passkeyLine({ id, name, added_at, last_used_at }: ListedPasskey, timeZone: string) {
  const day = (instant: Date) => DATE(timeZone).format(instant);
  return { id, name, when: PASSKEYS.when(day(added_at), last_used_at && day(last_used_at)) };
}
