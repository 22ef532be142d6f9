import { DomainError } from '@samaya/platform/domain-error.ts';
import { FACILITATORS } from '../admin-texts.ts';

const FIELDS = ['name', 'email', 'specialties', 'bio'] as const;

export type TypedFacilitator = Record<(typeof FIELDS)[number], string>;

export type FacilitatorFaults = Partial<Record<keyof TypedFacilitator | 'password', string>>;

/** What was written, without the password. */
export function typedFacilitator(form: FormData): TypedFacilitator {
  return Object.fromEntries(FIELDS.map((field) => [field, textOf(form, field)])) as TypedFacilitator;
}

export function typedPassword(form: FormData): string | undefined {
  return textOf(form, 'password') || undefined;
}

/** The fields as use cases take them: what is left empty is none. */
export function writtenFacilitator({ name, email, specialties, bio }: TypedFacilitator) {
  return {
    name,
    email,
    specialties: specialties.trim() === '' ? null : specialties,
    bio: bio.trim() === '' ? null : bio,
  };
}

/** The first fault of each field as a sentence. */
export function facilitatorFaults(issues: readonly { path: PropertyKey[]; message: string }[]): FacilitatorFaults {
  const faults: FacilitatorFaults = {};
  for (const { path, message } of issues) {
    const field = ([...FIELDS, 'password'] as const).find((one) => one === path[0]);
    if (!field) continue;
    const sentence = FACILITATORS.faults[field];
    faults[field] ??= typeof sentence === 'string' ? sentence : sentence(message);
  }
  return faults;
}

/** Why the address cannot be had, at its field; throws on what no form can mend. */
export function takenAddress(error: unknown): FacilitatorFaults {
  if (!(error instanceof DomainError) || error.code !== 'email-taken') throw error;
  // Another facilitator's, or, with a password, somebody's account.
  const isAccount = error.errors?.some(({ detail }) => detail === 'has an account') ?? false;
  return isAccount ? { password: FACILITATORS.hasAccount } : { email: FACILITATORS.taken };
}

function textOf(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === 'string' ? value : '';
}
