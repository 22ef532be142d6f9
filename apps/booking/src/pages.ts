import type Provider from 'oidc-provider';
import type { BookingApp } from '#server/app.ts';

/** What the entry point hands to booking's pages, see `page-host.ts`. */
export interface BookingPages {
  app: BookingApp;
  oidc: Provider;
}

export const PAGES = 'samaya.booking';
