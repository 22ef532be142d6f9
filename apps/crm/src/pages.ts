import type { Log } from '@samaya/platform/log.ts';
import type { CompleteConfig } from '@samaya/platform/secrets.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { ReadCompleteness } from '#server/notifications/read-completeness.ts';
import type { StreamHub } from '#server/notifications/stream-hub.ts';
import type { SignInAtBooking } from '#server/sign-in/sign-in-at-booking.ts';

/** What the entry point hands to CRM's pages, see `page-host.ts`. */
export interface CrmPages {
  app: { config: CompleteConfig; db: Kysely<DB>; log: Log; hub: StreamHub; readCompleteness: ReadCompleteness };
  signInAtBooking: SignInAtBooking;
}

export const PAGES = 'samaya.crm';
