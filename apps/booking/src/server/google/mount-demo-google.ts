import type { IncomingMessage, ServerResponse } from 'node:http';
import { announceOrigin } from '@samaya/platform/page-origin.ts';
import type { RequestFacts } from '@samaya/platform/request-facts.ts';
import type { DemoGoogle } from './demo-google.ts';
import { DEMO_GOOGLE_PATH } from './google-settings.ts';

/** Whether a request is for the demo's Google; its page, where people choose who they are, is one of ours. */
export function isDemoGoogleRequest(request: IncomingMessage): boolean {
  return request.url?.startsWith(`${DEMO_GOOGLE_PATH}/`) === true;
}

/** Answers what comes below its path. */
export function mountDemoGoogle(demoGoogle: DemoGoogle, publicUrl: string) {
  return async (request: IncomingMessage, response: ServerResponse, facts: RequestFacts): Promise<void> => {
    facts.onRoute?.(DEMO_GOOGLE_PATH);
    announceOrigin(request, new URL(publicUrl).origin);
    const whole = request.url ?? '';
    Object.assign(request, { originalUrl: whole, url: whole.slice(DEMO_GOOGLE_PATH.length) });
    const provider = await demoGoogle();
    await provider.callback()(request, response);
  };
}
