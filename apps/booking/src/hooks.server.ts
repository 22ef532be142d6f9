import { DomainError } from '@samaya/platform/domain-error.ts';
import { changedMeanwhile, guardForm } from '@samaya/platform/guard-form.ts';
import { PAGE_BODY_BYTES, refuseLargeBody } from '@samaya/platform/page-body.ts';
import { pageCookie } from '@samaya/platform/page-cookie.ts';
import { explainMethod, pageErrorFor, plainErrorPage } from '@samaya/platform/page-error.ts';
import { completePageHeaders } from '@samaya/platform/page-headers.ts';
import { pageHost } from '@samaya/platform/page-host.ts';
import { requireWholePageTable } from '@samaya/platform/page-table.ts';
import { type RequestEvent, redirect } from '@sveltejs/kit';
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { identifyCookie } from '#server/accounts/identify.ts';
import type { Identity } from '#server/accounts/identity.ts';
import { signInOnTheWayTo } from '#server/accounts/return-path.ts';
import { googleOrigin } from '#server/google/google-settings.ts';
import { IMPORT_BODY_BYTES } from '#server/imports/import-limits.ts';
import { logSecurity } from '#server/security-log.ts';
import { readStudio } from '#server/studio/read-studio.ts';
import type { RouteId } from '$app/types';
import { type BookingPages, PAGES } from './pages.ts';

/**
 * An organiser is a facilitator or an admin, an assistant is one of those or helps one; whose event it is, the use case
 * asks.
 */
type Visitor = 'anyone' | 'signedIn' | 'assistant' | 'organiser' | 'admin';

/** Who may see each page, send its forms and ask its endpoints. One that is not listed does not compile, nor start. */
export const VISITORS: Record<RouteId, Visitor> = {
  '/': 'anyone',
  '/account': 'signedIn',
  '/account/address': 'signedIn',
  '/account/address/sent': 'signedIn',
  '/account/delete': 'signedIn',
  '/account/deleted': 'anyone',
  '/account/export': 'signedIn',
  '/account/export/[file]': 'signedIn',
  '/account/google': 'signedIn',
  '/account/passkeys': 'signedIn',
  '/account/passkeys/[passkey]': 'signedIn',
  '/account/password': 'signedIn',
  '/account/sign-ins': 'signedIn',
  '/account/tokens': 'signedIn',
  '/address/[token]': 'anyone',
  '/account/two-step': 'signedIn',
  '/account/two-step/set-up': 'signedIn',
  '/admin': 'admin',
  '/admin/audit': 'admin',
  '/admin/facilitators': 'admin',
  '/admin/facilitators/[facilitator]': 'admin',
  '/admin/facilitators/new': 'admin',
  '/admin/messages': 'admin',
  '/admin/people': 'admin',
  '/admin/people/[person]': 'admin',
  '/admin/people/[person]/delete': 'admin',
  '/admin/people/[person]/disable': 'admin',
  '/admin/roles': 'admin',
  // Whoever holds the mailed link.
  '/b/[token]': 'anyone',
  '/b/[token]/calendar.ics': 'anyone',
  '/b/[token]/cancel': 'anyone',
  '/booked': 'anyone',
  '/booked/calendar.ics': 'anyone',
  '/bookings': 'signedIn',
  '/bookings/[booking]': 'signedIn',
  '/bookings/[booking]/calendar.ics': 'signedIn',
  '/bookings/[booking]/cancel': 'signedIn',
  '/confirm/[token]': 'anyone',
  // There only while nobody but this machine can reach the site.
  '/dev/google/[interaction]': 'anyone',
  '/dev/inbox': 'anyone',
  '/dev/inbox/[mail]': 'anyone',
  '/dev/inbox/[mail]/calendar.ics': 'anyone',
  '/dev/inbox/[mail]/html': 'anyone',
  '/e/[event]': 'anyone',
  '/e/[event]/picture.png': 'anyone',
  '/events': 'anyone',
  '/events.ics': 'anyone',
  '/events/count': 'anyone',
  '/facilitators': 'anyone',
  '/facilitators/[facilitator]': 'anyone',
  '/facilitators/[facilitator]/calendar.ics': 'anyone',
  '/facilitators/[facilitator]/picture.png': 'anyone',
  '/forbidden': 'anyone',
  '/manifest.webmanifest': 'anyone',
  '/organise': 'assistant',
  '/organise/assistants': 'organiser',
  '/organise/events': 'assistant',
  '/organise/events/[event]': 'organiser',
  '/organise/events/[event]/cancel': 'organiser',
  '/organise/events/[event]/edit': 'organiser',
  '/organise/events/[event]/roster': 'assistant',
  '/organise/events/[event]/roster.csv': 'organiser',
  '/organise/events/[event]/roster/[booking]': 'assistant',
  '/organise/events/new': 'organiser',
  '/organise/import': 'organiser',
  '/organise/settings': 'admin',
  '/picture.png': 'anyone',
  '/reset': 'anyone',
  '/reset/[token]': 'anyone',
  '/reset/sent': 'anyone',
  '/robots.txt': 'anyone',
  '/sign-in': 'anyone',
  '/sign-in/code': 'anyone',
  '/sign-in/passkey': 'anyone',
  '/sign-in/google': 'anyone',
  '/sign-in/google/callback': 'anyone',
  '/sign-out': 'signedIn',
  '/sign-up': 'anyone',
  '/sign-up/passkey': 'anyone',
  '/sign-up/sent': 'anyone',
  '/sitemap.xml': 'anyone',
};

export const init = (): void =>
  requireWholePageTable(VISITORS, Object.keys(import.meta.glob('./routes/**/+{page,server}*')));

/** Pages whose address is a secret, or that show one or name an address: nobody keeps them, no search engine lists them. */
const IS_SECRET = /\[token\]|^\/booked|\/sent$|\/callback$|\/two-step/;
/** Pages that take more than a form of text: bytes. */
const LARGE_BODIES: Partial<Record<RouteId, number>> = { '/organise/import': IMPORT_BODY_BYTES };

export const handle: Handle = async ({ event, resolve }) => {
  const { app: pages, inTurn, request, response, facts } = pageHost<BookingPages>(PAGES);
  const { config, db, log } = pages.app;
  facts.onRoute?.(event.route.id ?? 'other');
  Object.assign(event.locals, { ...pages, facts, exchange: { request, response } } satisfies Partial<App.Locals>);
  const secret = event.cookies.get(pageCookie('samaya_booking', config.bookingUrl).name);
  try {
    refuseLargeBody(request, (event.route.id && LARGE_BODIES[event.route.id]) ?? PAGE_BODY_BYTES);
    if (secret !== undefined) event.locals.identity = await identifyCookie(db, secret, config.adminEmails);
    event.locals.studio = await readStudio(db);
  } catch (cause) {
    return completePageHeaders(plainErrorPage(cause, facts.requestId, log));
  }
  guardForm(event.request, async () => {
    const before = event.locals.identity;
    const now = before && secret && (await identifyCookie(db, secret, config.adminEmails));
    if (before && (!now || rightsOf(now) !== rightsOf(before))) throw changedMeanwhile();
  });
  const visitor = event.route.id === null ? 'anyone' : VISITORS[event.route.id];
  if (visitor !== 'anyone' && !event.locals.identity) redirect(303, signInOnTheWayTo(event.url.pathname));
  if (!isOneOf(visitor, event.locals.identity)) {
    logSecurity(log, 'access.refused', { user_id: event.locals.identity?.userId, ...asked(event) }, facts);
    // A page of its own, so that the refusal looks like the site; the one that was asked for never runs.
    return completePageHeaders(await event.fetch('/forbidden', { headers: { accept: 'text/html' } }));
  }
  const makePage = async () => await resolve(event, { preload: isNeededAtOnce });
  let answer: Response;
  try {
    answer = event.request.method === 'GET' ? await inTurn(makePage) : await makePage();
  } catch (cause) {
    return completePageHeaders(plainErrorPage(cause, facts.requestId, log));
  }
  if (event.route.id !== null && IS_SECRET.test(event.route.id)) {
    answer.headers.set('cache-control', 'no-store');
    answer.headers.set('referrer-policy', 'same-origin');
    answer.headers.set('x-robots-tag', 'noindex, nofollow');
  }
  // A form that signs in may end at CRM, which asked for it, and one leads to Google.
  const formsMayEndAt = [config.crmUrl, googleOrigin(config)].filter((origin) => origin !== undefined).join(' ');
  return completePageHeaders(explainMethod(answer, facts.requestId), { formsMayEndAt });
};

function rightsOf({ signInId, isAdmin, facilitatorId, assists }: Identity): string {
  return JSON.stringify([signInId, isAdmin, facilitatorId, [...assists].sort()]);
}

function isOneOf(visitor: Visitor, identity: Identity | undefined): boolean {
  if (visitor === 'anyone' || visitor === 'signedIn') return true;
  if (visitor === 'admin') return identity?.isAdmin === true;
  if (identity === undefined) return false;
  const isOrganiser = identity.isAdmin || identity.facilitatorId !== null;
  return isOrganiser || (visitor === 'assistant' && identity.assists.length > 0);
}

export const handleError: HandleServerError = ({ kind, error: cause, event }) => {
  const { facts, app, identity } = event.locals;
  if (cause instanceof DomainError && cause.code === 'forbidden') {
    logSecurity(app.log, 'access.refused', { user_id: identity?.userId, ...asked(event) }, facts);
  }
  if (kind !== 'unknown') return { requestId: facts.requestId };
  return { ...pageErrorFor(cause, facts.requestId, app.log), requestId: facts.requestId };
};

function asked({ request, url }: Pick<RequestEvent, 'request' | 'url'>) {
  return { method: request.method, path: url.pathname };
}

/** Styles, and the typeface that nearly every line of text is set in. */
function isNeededAtOnce({ type, path }: { type: 'font' | 'css' | 'js' | 'asset'; path: string }): boolean {
  return type === 'css' || type === 'js' || (type === 'font' && /figtree-latin\.[^/]*$/.test(path));
}
