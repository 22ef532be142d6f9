import { DomainError } from '@samaya/platform/domain-error.ts';
import { retryHeaders } from '@samaya/platform/retry-headers.ts';

/**
 * A refusal that a page answers itself, with its status; everything else is thrown on. Says in headers when to
 * try again where that is the way.
 */
export function expectRefusal(
  refused: unknown,
  statuses: Readonly<Record<string, number>>,
  setHeaders: (headers: Record<string, string>) => void,
): { code: string; status: number; message: string } {
  const status = refused instanceof DomainError ? statuses[refused.code] : undefined;
  if (!(refused instanceof DomainError) || status === undefined) throw refused;
  setHeaders(retryHeaders(refused));
  return { code: refused.code, status, message: refused.message };
}

/** Too much at once: what anything that hashes or sends mail may answer. */
export const TRY_LATER: Readonly<Record<string, number>> = { 'too-many-requests': 429, unavailable: 503 };
