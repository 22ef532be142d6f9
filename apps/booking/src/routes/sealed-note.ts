import { seal, unseal } from '@samaya/platform/sealed-value.ts';
import { z } from 'zod';

/** What a form tells the page that follows it, e.g. the address a mail went to; only our own words come out again. */
export interface NoteKeys {
  keys: readonly string[];
  /** What for: a note of one page says nothing to another. */
  purpose: string;
}

const LASTS_MS = 60 * 60 * 1000;

const envelopeSchema = z.object({ at: z.number(), note: z.unknown() });

/** Seals a note for an hour, to travel in an address. */
export function sealNote({ keys, purpose }: NoteKeys, note: unknown, now: Date): string {
  return seal({ at: now.getTime(), note }, keys, purpose);
}

/** What the note says; `undefined` when it is too old, or none of ours. */
export function readNote<Note>(
  { keys, purpose }: NoteKeys,
  sealed: string | null,
  { schema, now }: { schema: z.ZodType<Note>; now: Date },
): Note | undefined {
  const envelope = envelopeSchema.safeParse(unseal(sealed ?? '', keys, purpose)).data;
  if (!envelope || now.getTime() - envelope.at > LASTS_MS) return undefined;
  return schema.safeParse(envelope.note).data;
}
