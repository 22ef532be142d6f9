import { type IncomingMessage, ServerResponse } from 'node:http';
import { announceOrigin } from '@samaya/platform/page-origin.ts';
import type { RequestFacts } from '@samaya/platform/request-facts.ts';
import type Provider from 'oidc-provider';
import { OIDC_PATH } from './oidc-provider.ts';

/** Whether a request is for the OpenID provider. */
export function isOidcRequest(request: IncomingMessage): boolean {
  return request.url?.startsWith(`${OIDC_PATH}/`) === true;
}

/** Answers what comes below `/oidc`. The provider believes the public address, whatever a client claims. */
export function mountOidcProvider(provider: Provider, publicUrl: string) {
  const answer = provider.callback();
  return async (request: IncomingMessage, response: ServerResponse, facts: RequestFacts): Promise<void> => {
    facts.onRoute?.(OIDC_PATH);
    announceOrigin(request, new URL(publicUrl).origin);
    keepFromOtherSites(response);
    const whole = request.url ?? '';
    Object.assign(request, { originalUrl: whole, url: whole.slice(OIDC_PATH.length) });
    await answer(request, response);
  };
}

/** The provider would let scripts of any site read its answers; those who ask are programs, which need no leave. */
function keepFromOtherSites(response: ServerResponse): void {
  response.setHeader = function setHeader(name, value) {
    return /^access-control-/i.test(name) ? this : ServerResponse.prototype.setHeader.call(this, name, value);
  };
}
