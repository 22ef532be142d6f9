import { PlatformError } from './platform-error.ts';

/** Lets a form that cannot be read be refused as the sender's fault, whichever page asks for it. */
export function refuseUnreadableForm(request: Request): void {
  const read = request.formData.bind(request);
  request.formData = async () =>
    await read().catch((cause: unknown) => {
      throw new PlatformError('bad-request', 'This form could not be read. Go back and send it again.', { cause });
    });
}
