import { LONG_BODY_MS } from './long-body.ts';
import { PlatformError } from './platform-error.ts';

/**
 * Lets a form that cannot be read be refused as the sender's fault, whichever page asks for it. Calls `lookAgain` when
 * it was long in coming: it throws when the sender is no longer who they were.
 */
export function guardForm(request: Request, lookAgain: () => Promise<void>): void {
  const read = request.formData.bind(request);
  request.formData = async () => {
    const begun = performance.now();
    const form = await read().catch((cause: unknown) => {
      throw new PlatformError('bad-request', 'This form could not be read. Go back and send it again.', { cause });
    });
    if (performance.now() - begun > LONG_BODY_MS) await lookAgain();
    return form;
  };
}

/** What is told to whoever was signed out, or lost a right, while they were sending. */
export function changedMeanwhile(): PlatformError {
  return new PlatformError(
    'unauthenticated',
    'You were signed out, or lost a right, while this was sent, so nothing was changed. Sign in again.',
  );
}
