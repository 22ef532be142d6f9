import type Provider from 'oidc-provider';
import type { BookingApp } from '#server/app.ts';
import type { DemoGoogle } from '#server/google/demo-google.ts';

/** What the entry point hands to booking's pages, see `page-host.ts`. */
export interface BookingPages {
  app: BookingApp;
  oidc: Provider;
  /** Only in the demo. */
  demoGoogle: DemoGoogle | undefined;
}

export const PAGES = 'samaya.booking';

/** Pages that show all strangers the same, so that one of them serves many; see `public-pages.ts`. */
export const PUBLIC_PAGES: readonly string[] = ['/', '/events', '/e/[event]', '/facilitators/[facilitator]'];
