import { seal, unseal } from '@samaya/platform/sealed-value.ts';
import { z } from 'zod';

/** Seconds a sign-in may be on its way. */
export const ON_ITS_WAY_SECONDS = 15 * 60;

const PURPOSE = 'google sign-in on its way';

/** What a sign-in is for, kept from its beginning to its end. */
const errandSchema = z.object({
  /** Where the person was going. */
  returnTo: z.string().optional(),
  /** The sign-in another application asked for. */
  interaction: z.string().optional(),
  /** Whoever is signed in and ties their account to Google; it must be the same sign-in in the end. */
  link: z.object({ userId: z.number(), signInId: z.number() }).optional(),
});
export type GoogleErrand = z.infer<typeof errandSchema>;

const memorySchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  until: z.number(),
  errand: errandSchema,
});
type Memory = Omit<z.infer<typeof memorySchema>, 'until'>;

/** Seals what one browser keeps while somebody is away at Google. */
export function sealOnItsWay(memory: Memory, keys: readonly string[], now: Date): string {
  return seal({ ...memory, until: now.getTime() + ON_ITS_WAY_SECONDS * 1000 }, keys, PURPOSE);
}

/** What was sealed for this state; `undefined` when it is too old, or was not. */
export function unsealOnItsWay(
  sealed: string,
  { keys, state, now }: { keys: readonly string[]; state: string; now: Date },
): Memory | undefined {
  const memory = memorySchema.safeParse(unseal(sealed, keys, PURPOSE)).data;
  return memory && memory.state === state && memory.until >= now.getTime() ? memory : undefined;
}
