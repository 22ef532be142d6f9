import type { PublicPage } from '@samaya/platform/public-pages.ts';
import type Provider from 'oidc-provider';
import type { BookingApp } from '#server/app.ts';

/** What the entry point hands to booking's pages, see `page-host.ts`. */
export interface BookingPages {
  app: BookingApp;
  oidc: Provider;
}

export const PAGES = 'samaya.booking';

/** Pages that show all strangers the same, so that one of them serves many; see `public-pages.ts`. */
export const PUBLIC_PAGES: readonly PublicPage[] = [
  { template: '/' },
  { template: '/events' },
  // The cursor waits in the form, but not where a keyboard would cover half of the page.
  { template: '/e/[event]', differsOnPhones: true },
  { template: '/facilitators/[facilitator]' },
];
