import type { RequestFacts } from '@samaya/platform/request-facts.ts';
import type { SignedInFacilitator } from '#server/sign-in/signed-in-facilitator.ts';
import type { CrmPages } from './pages.ts';

declare global {
  namespace App {
    interface Error {
      status: number;
      message: string;
      /** To quote when somebody reports it. */
      requestId?: string;
    }
    interface Locals extends CrmPages {
      facts: RequestFacts;
      /** Who is signed in. */
      facilitator: SignedInFacilitator | undefined;
    }
  }
}
