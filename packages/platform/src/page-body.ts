import type { IncomingMessage } from 'node:http';
import { PlatformError } from './platform-error.ts';

/** Bytes that a page takes unless it says otherwise: a form of text. */
export const PAGE_BODY_BYTES = 64 * 1024;

/**
 * Refuses what is sent to a page when it has more than `bytesMost`, before any of it is read. Browsers always say how
 * long a form is; what does not say so comes from none, and could have any length.
 */
export function refuseLargeBody({ headers }: Pick<IncomingMessage, 'headers'>, bytesMost: number): void {
  if (headers['transfer-encoding'] !== undefined) {
    throw new PlatformError('bad-request', 'Say how long the form is: send Content-Length.');
  }
  if (Number(headers['content-length'] ?? 0) > bytesMost) {
    throw new PlatformError('payload-too-large', `This is too long: ${inWords(bytesMost)} is the most here.`);
  }
}

function inWords(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.floor(bytes / 1024)} KB` : `${Math.floor(bytes / 1024 / 1024)} MB`;
}
