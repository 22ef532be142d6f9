import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';

/** The browser's request: it must bring the cookie with which its sign-in began. */
export interface BrowserExchange {
  request: IncomingMessage;
  response: ServerResponse;
}

export interface SignInRequest {
  /** Whether the person must be asked even when already signed in here. */
  askAgain: boolean;
}

/**
 * The sign-in another application asked for, by its id in the address; `undefined` when it has ended or began in
 * another browser: finishing somebody else's would sign them in as you.
 */
export async function findSignInRequest(
  provider: Provider,
  exchange: BrowserExchange,
  uid: string,
): Promise<SignInRequest | undefined> {
  const interaction = await findInteraction(provider, exchange, uid);
  return (
    interaction && {
      askAgain: String(interaction.params.prompt ?? '')
        .split(' ')
        .includes('login'),
    }
  );
}

/** Tells the provider who signed in. Resolves to the address where the browser goes on; `undefined` as above. */
export async function finishSignInRequest(
  provider: Provider,
  exchange: BrowserExchange,
  uid: string,
  userId: number | string,
  nowSeconds: number,
): Promise<string | undefined> {
  const interaction = await findInteraction(provider, exchange, uid);
  if (!interaction) return undefined;
  const accountId = String(userId);
  if (interaction.session && interaction.session.accountId !== accountId) {
    // Somebody else signed in from this browser before; their provider session ends here.
    await (await provider.Session.findByUid(interaction.session.uid))?.destroy();
    interaction.session = undefined;
  }
  interaction.result = { login: { accountId, remember: false } };
  await interaction.save(interaction.exp - nowSeconds);
  return interaction.returnTo;
}

async function findInteraction(provider: Provider, { request, response }: BrowserExchange, uid: string) {
  const interaction = await provider.interactionDetails(request, response).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'SessionNotFound') return undefined;
    throw error;
  });
  return interaction?.uid === uid ? interaction : undefined;
}
