import { pageCookie } from '@samaya/platform/page-cookie.ts';
import { pageErrorFor, plainErrorPage } from '@samaya/platform/page-error.ts';
import { completePageHeaders } from '@samaya/platform/page-headers.ts';
import { pageHost } from '@samaya/platform/page-host.ts';
import { redirect } from '@sveltejs/kit';
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { identifyCookie } from '#server/accounts/identify.ts';
import { signInOnTheWayTo } from '#server/accounts/return-path.ts';
import type { RouteId } from '$app/types';
import { type BookingPages, PAGES } from './pages.ts';

/** Who may see each page. A page that is not listed does not compile. */
const VISITORS: Record<RouteId, 'anyone' | 'signedIn'> = {
  '/': 'anyone',
  '/bookings': 'signedIn',
  '/bookings/[booking]': 'signedIn',
  '/bookings/[booking]/calendar.ics': 'signedIn',
  '/bookings/[booking]/cancel': 'signedIn',
  '/e/[event]': 'anyone',
  '/events': 'anyone',
  '/facilitators/[facilitator]': 'anyone',
  '/sign-in': 'anyone',
  '/sign-out': 'signedIn',
  '/sign-up': 'anyone',
};

export const handle: Handle = async ({ event, resolve }) => {
  const { app: pages, request, response, facts } = pageHost<BookingPages>(PAGES);
  const { config, db, log } = pages.app;
  facts.onRoute?.(event.route.id ?? 'other');
  Object.assign(event.locals, { ...pages, facts, exchange: { request, response } } satisfies Partial<App.Locals>);
  const secret = event.cookies.get(pageCookie('samaya_booking', config.bookingUrl).name);
  if (secret !== undefined) {
    try {
      event.locals.identity = await identifyCookie(db, secret, config.adminEmails);
    } catch (cause) {
      return completePageHeaders(plainErrorPage(cause, facts.requestId, log));
    }
  }
  const mayPass = event.route.id === null || VISITORS[event.route.id] === 'anyone' || event.locals.identity;
  if (!mayPass) redirect(303, signInOnTheWayTo(event.url.pathname));
  // A form that signs in may end at CRM, which asked for it.
  return completePageHeaders(await resolve(event, { preload: isNeededAtOnce }), { formsMayEndAt: config.crmUrl });
};

export const handleError: HandleServerError = ({ kind, error: cause, event }) => {
  const { facts, app } = event.locals;
  if (kind !== 'unknown') return { requestId: facts.requestId };
  return { ...pageErrorFor(cause, facts.requestId, app.log), requestId: facts.requestId };
};

/** Styles, and the typeface that nearly every line of text is set in. */
function isNeededAtOnce({ type, path }: { type: 'font' | 'css' | 'js' | 'asset'; path: string }): boolean {
  return type === 'css' || type === 'js' || (type === 'font' && /figtree-latin\.[^/]*$/.test(path));
}
