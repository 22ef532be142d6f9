import { hashToken, createToken as newSecret } from '@samaya/platform/opaque-token.ts';
import type { BookingApp } from '#server/app.ts';
import { BookingError } from '#server/errors.ts';
import { logSecurity } from '#server/security-log.ts';
import { MOST_TOKENS, type Scope, TOKEN_PREFIX } from './access-token.ts';
import { insertToken } from './access-token-queries.ts';
import type { Identity } from './identity.ts';
import { badCredentials, checkCredentials } from './sign-in.ts';

export interface WantedToken {
  /** What it is for, in its person's words. */
  name: string;
  scopes: readonly Scope[];
  days: number;
  password: string;
  network: string;
}

/**
 * Makes an access token for whoever is signed in and knows their password; answers the secret, told this once. Refuses
 * with `bad-credentials`, with `too-many-tokens`, and, since a wrong password is a try like one at signing in, as
 * `signIn` does.
 */
export async function createAccessToken(
  app: Pick<BookingApp, 'db' | 'passwords' | 'limits' | 'config' | 'log'>,
  { userId, email }: Pick<Identity, 'userId' | 'email'>,
  { password, network, ...wanted }: WantedToken,
): Promise<string> {
  const checked = await checkCredentials(app, { email: email.toLowerCase(), password, network });
  if (checked?.userId !== userId) throw badCredentials();
  const token = TOKEN_PREFIX + newSecret().token;
  const kept = await insertToken(app.db, { ...wanted, ...checked, secretHash: hashToken(token), most: MOST_TOKENS });
  if (kept === 'gone') throw badCredentials();
  if (kept === 'too many') {
    throw new BookingError(
      'too-many-tokens',
      `You have ${MOST_TOKENS} tokens, which is the most. End one that you no longer use.`,
    );
  }
  logSecurity(app.log, 'token.made', { user_id: userId }, { network });
  return token;
}
