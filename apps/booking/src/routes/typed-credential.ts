import type { z } from 'zod';
import { typedInto } from './person-faults.ts';

/** What a browser answered when it was asked for a passkey; `undefined` when it is nothing of that kind. */
export function typedCredential<Credential>(form: FormData, schema: z.ZodType<Credential>): Credential | undefined {
  try {
    return schema.safeParse(JSON.parse(typedInto(form, 'credential'))).data;
  } catch {
    return undefined;
  }
}
