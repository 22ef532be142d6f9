import type { RequestFacts } from '@samaya/platform/request-facts.ts';
import type { Identity } from '#server/accounts/identity.ts';
import type { BrowserExchange } from '#server/oidc/finish-interaction.ts';
import type { Studio } from '#server/studio/studio.ts';
import type { BookingPages } from './pages.ts';

declare global {
  namespace App {
    interface Error {
      status: number;
      message: string;
      /** To quote when somebody reports it. */
      requestId?: string;
      /** Where the person was on their way to. */
      returnTo?: string;
    }
    interface Locals extends BookingPages {
      facts: RequestFacts;
      exchange: BrowserExchange;
      /** Who is signed in. */
      identity: Identity | undefined;
      studio: Studio;
    }
  }
}
