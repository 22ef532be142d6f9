import { DomainError } from './domain-error.ts';

/** Refusals that any application gives. Their HTTP statuses stand in `problem.ts`. */
export type PlatformErrorCode =
  | 'bad-request'
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'payload-too-large'
  | 'unsupported-media-type'
  | 'too-many-requests'
  | 'unavailable'
  | 'internal';

export class PlatformError extends DomainError<PlatformErrorCode> {}
