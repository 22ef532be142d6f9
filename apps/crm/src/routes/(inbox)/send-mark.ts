import type { Mark } from '#server/notifications/inbox-schemas.ts';
import { deserialize } from '$app/forms';

const PATIENCE_MS = 15_000;

/** The address of signing in, on the way back to what is open here. */
export function signInHere(): string {
  return `/sign-in?${new URLSearchParams({ return_to: location.pathname + location.search })}`;
}

/** Sends what the form of the inbox would send; whether it was done. Leads to signing in where that has ended. */
export async function sendMark({ ids, processed }: Mark): Promise<boolean> {
  try {
    const response = await fetch('/mark', {
      method: 'POST',
      headers: { accept: 'application/json', 'x-sveltekit-action': 'true' },
      body: new URLSearchParams({ mark: [processed ? 'done' : 'todo', ...ids].join('.'), back: '/' }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const result = deserialize(await response.text());
    if (result.type !== 'redirect') return false;
    if (!result.location.startsWith('/sign-in')) return true;
    location.assign(signInHere());
  } catch {
    // No answer, or none that can be read: it was not done, as far as we know.
  }
  return false;
}
