import type Provider from 'oidc-provider';
import { type BrowserExchange, findSignInRequest, finishSignInRequest } from '#server/oidc/finish-interaction.ts';
import { DEMO_GOOGLE_PEOPLE } from './demo-google-people.ts';

/** Whether somebody is at the demo's Google to choose who they are: the sign-in began in this browser and goes on. */
export async function isChoosing(provider: Provider, exchange: BrowserExchange, uid: string): Promise<boolean> {
  return (await findSignInRequest(provider, exchange, uid)) !== undefined;
}

/** Goes on as one of the demo's people; `undefined` when there is no such person, or the sign-in has ended. */
export async function chooseDemoPerson(
  provider: Provider,
  exchange: BrowserExchange,
  { uid, sub, nowSeconds }: { uid: string; sub: string; nowSeconds: number },
): Promise<string | undefined> {
  if (!DEMO_GOOGLE_PEOPLE.some((person) => person.sub === sub)) return undefined;
  return await finishSignInRequest(provider, exchange, uid, sub, nowSeconds);
}
