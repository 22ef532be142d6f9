import { DomainError } from '@samaya/platform/domain-error.ts';

/** Every refusal CRM can give beside those of the platform. Their HTTP statuses stand in `api.ts`. */
export type CrmErrorCode =
  | 'bad-credentials'
  | 'second-factor-needed'
  | 'bad-code'
  | 'not-a-facilitator'
  | 'booking-away'
  | 'bad-signature';

/** A refusal of CRM's own; `detail` is a sentence that helps. */
export class CrmError extends DomainError<CrmErrorCode> {}
