import { DomainError } from '@samaya/platform/domain-error.ts';
import { changedMeanwhile, guardForm } from '@samaya/platform/guard-form.ts';
import { pageCookie } from '@samaya/platform/page-cookie.ts';
import { explainMethod, pageErrorFor, plainErrorPage } from '@samaya/platform/page-error.ts';
import { completePageHeaders } from '@samaya/platform/page-headers.ts';
import { pageHost } from '@samaya/platform/page-host.ts';
import { requireWholePageTable } from '@samaya/platform/page-table.ts';
import { redirect } from '@sveltejs/kit';
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { identifyPage } from '#server/sign-in/page-sign-in.ts';
import { signInOnTheWayTo } from '#server/sign-in/return-path.ts';
import type { RouteId } from '$app/types';
import { type CrmPages, PAGES } from './pages.ts';

/** Who may see each page, send its forms and ask its endpoints. One that is not listed does not compile, nor start. */
export const VISITORS: Record<RouteId, 'anyone' | 'facilitator'> = {
  '/(inbox)': 'facilitator',
  '/(inbox)/n/[id]': 'facilitator',
  '/completeness': 'facilitator',
  '/mark': 'facilitator',
  '/stream': 'facilitator',
  '/sign-in': 'anyone',
  '/sign-in/callback': 'anyone',
  '/sign-out': 'anyone',
  '/signed-out': 'anyone',
};

export const init = (): void =>
  requireWholePageTable(VISITORS, Object.keys(import.meta.glob('./routes/**/+{page,server}*')));

const STATUSES: Record<string, number> = { 'booking-away': 503, 'not-a-facilitator': 403, 'bad-credentials': 410 };

export const handle: Handle = async ({ event, resolve }) => {
  const { app: pages, inTurn, facts } = pageHost<CrmPages>(PAGES);
  const { config, db, log } = pages.app;
  facts.onRoute?.(event.route.id ?? 'other');
  Object.assign(event.locals, { ...pages, facts } satisfies Partial<App.Locals>);
  const secret = event.cookies.get(pageCookie('samaya_crm', config.crmUrl).name);
  if (secret !== undefined) {
    try {
      event.locals.facilitator = await identifyPage(db, secret);
    } catch (cause) {
      return completePageHeaders(plainErrorPage(cause, facts.requestId, log));
    }
  }
  guardForm(event.request, async () => {
    if (event.locals.facilitator && !(await identifyPage(db, secret ?? ''))) throw changedMeanwhile();
  });
  const mayPass = event.route.id === null || VISITORS[event.route.id] === 'anyone' || event.locals.facilitator;
  // A script that follows the stream cannot sign in. 204 tells it to stop (HTML, server-sent events), and its page says so.
  if (!mayPass && event.route.id === '/stream') return completePageHeaders(new Response(null, { status: 204 }));
  if (!mayPass) redirect(303, signInOnTheWayTo(event.url.pathname + event.url.search));
  const makePage = async () => await resolve(event, { preload: isNeededAtOnce });
  try {
    const answer = event.request.method === 'GET' ? await inTurn(makePage) : await makePage();
    return completePageHeaders(explainMethod(answer, facts.requestId));
  } catch (cause) {
    return completePageHeaders(plainErrorPage(cause, facts.requestId, log));
  }
};

export const handleError: HandleServerError = ({ kind, error: cause, event }) => {
  const { facts, app } = event.locals;
  if (kind !== 'unknown') return { requestId: facts.requestId };
  const status = cause instanceof DomainError ? STATUSES[cause.code] : undefined;
  if (!(cause instanceof DomainError) || status === undefined) {
    return { ...pageErrorFor(cause, facts.requestId, app.log), requestId: facts.requestId };
  }
  if (status === 503) app.log.warn({ request_id: facts.requestId, err: cause.cause }, 'booking is away');
  return { status, message: cause.message, requestId: facts.requestId };
};

/** Styles, scripts, and the one typeface. */
function isNeededAtOnce({ type, path }: { type: 'font' | 'css' | 'js' | 'asset'; path: string }): boolean {
  return type === 'css' || type === 'js' || (type === 'font' && /figtree-latin\.[^/]*$/.test(path));
}
