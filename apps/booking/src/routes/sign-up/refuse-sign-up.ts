import { fail } from '@sveltejs/kit';
import type { PersonFaults } from '../person-faults.ts';

interface Refusal {
  /** What was typed, without the password. */
  typed: { name: string; email: string };
  message?: string;
  faults?: PersonFaults;
}

/** Why nobody was signed up, with what was typed, for the page to show again. */
export function refuseSignUp(status: number, { typed, message, faults = {} }: Refusal) {
  return fail(status, { typed, message, faults });
}
