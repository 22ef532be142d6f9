import { createHash, createHmac, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';

/** What the provider says that an honest one would not; without any it is honest. */
export interface Lies {
  /** Other claims in place of the true ones; `undefined` takes one away. */
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  /** Signs with another key than those it shows, with the public key as a secret, not at all, badly, or otherwise. */
  signature?: 'other key' | 'public key as secret' | 'client secret' | 'none' | 'broken' | 'sound, on a curve';
  /** Answers without an ID token, or with this instead of one. */
  idToken?: string | null;
  /** Gives the tokens however often it is asked, and whatever the verifier is. */
  takesAnyCode?: boolean;
}

export interface Claims {
  sub: string;
  email?: unknown;
  email_verified?: unknown;
  name?: unknown;
  hd?: unknown;
}

type Answer = (response: ServerResponse) => void;

export interface LyingGoogle {
  issuer: string;
  /** The settings with which booking believes in it. */
  settings: Record<'GOOGLE_ISSUER' | 'GOOGLE_CLIENT_ID' | 'GOOGLE_CLIENT_SECRET', string>;
  /** Lets somebody sign in at the address booking sent them to; answers the query they come back with. */
  comeBack(asked: URL, claims: Claims, lies?: Lies): URLSearchParams;
  /** Answers otherwise at a path, until called with nothing. */
  at(path: '/jwks' | '/token' | '/.well-known/openid-configuration', answer?: Answer): void;
  /** Paths it was asked for. */
  asked: string[];
}

const CLIENT_ID = 'booking.example';
const CLIENT_SECRET = 'a secret of the two of us';
const KEY_ID = 'the key';

interface Code {
  nonce: string;
  challenge: string;
  redirectUri: string;
  claims: Claims;
  lies: Lies;
  used: boolean;
}

/** A provider of sign-ins that says whatever a test wants, on a port of its own. It ends with the test file. */
export async function startLyingGoogle(): Promise<LyingGoogle> {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const codes = new Map<string, Code>();
  const answers = new Map<string, Answer>();
  const asked: string[] = [];
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const path = request.url ?? '';
    asked.push(path);
    const body = await readAll(request);
    const special = answers.get(path);
    if (special) return special(response);
    if (path === '/.well-known/openid-configuration') return sendJson(response, 200, metadata());
    if (path === '/jwks') {
      return sendJson(response, 200, {
        keys: [
          { ...key.publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig', alg: 'RS256' },
          { ...curve.publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig', alg: 'ES256' },
        ],
      });
    }
    if (path === '/token') return answerToken(new URLSearchParams(body), response);
    sendJson(response, 404, {});
  }

  function metadata() {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      // As generous as can be: booking has to know better.
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'ES256', 'none'],
      code_challenge_methods_supported: ['S256', 'plain'],
    };
  }

  function answerToken(form: URLSearchParams, response: ServerResponse) {
    const code = codes.get(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isSound =
      code &&
      !code.used &&
      challenge === code.challenge &&
      form.get('redirect_uri') === code.redirectUri &&
      form.get('client_secret') === CLIENT_SECRET;
    if (!code || !(isSound || code.lies.takesAnyCode)) return sendJson(response, 400, { error: 'invalid_grant' });
    code.used = true;
    const { idToken = sign(code) } = code.lies;
    sendJson(response, 200, {
      access_token: 'of no use',
      token_type: 'Bearer',
      expires_in: 3600,
      ...(idToken !== null && { id_token: idToken }),
    });
  }

  function sign({ claims, nonce, lies }: Code): string {
    const now = Math.floor(Date.now() / 1000);
    const header = { alg: 'RS256', kid: KEY_ID, typ: 'JWT', ...lies.header };
    const payload = { iss: issuer, aud: CLIENT_ID, exp: now + 3600, iat: now, nonce, ...claims, ...lies.claims };
    const signed = `${encode(header)}.${encode(payload)}`;
    return `${signed}.${signatureOf(signed, lies.signature)}`;
  }

  function signatureOf(signed: string, how: Lies['signature']): string {
    const pem = key.publicKey.export({ type: 'spki', format: 'pem' });
    if (how === 'none') return '';
    if (how === 'public key as secret') return createHmac('sha256', pem).update(signed).digest('base64url');
    if (how === 'client secret') return createHmac('sha256', CLIENT_SECRET).update(signed).digest('base64url');
    if (how === 'sound, on a curve') {
      const ofCurve = { key: curve.privateKey, dsaEncoding: 'ieee-p1363' } as const;
      return createSign('SHA256').update(signed).sign(ofCurve).toString('base64url');
    }
    const { privateKey } = how === 'other key' ? otherKey : key;
    const signature = createSign('RSA-SHA256').update(signed).sign(privateKey);
    if (how === 'broken') signature[0] = (signature[0] ?? 0) ^ 1;
    return signature.toString('base64url');
  }

  return {
    issuer,
    settings: { GOOGLE_ISSUER: issuer, GOOGLE_CLIENT_ID: CLIENT_ID, GOOGLE_CLIENT_SECRET: CLIENT_SECRET },
    asked,
    comeBack({ searchParams }, claims, lies = {}) {
      const code = randomBytes(16).toString('hex');
      codes.set(code, {
        nonce: searchParams.get('nonce') ?? '',
        challenge: searchParams.get('code_challenge') ?? '',
        redirectUri: searchParams.get('redirect_uri') ?? '',
        claims,
        lies,
        used: false,
      });
      return new URLSearchParams({
        code,
        state: searchParams.get('state') ?? '',
        scope: 'openid email',
        prompt: 'none',
      });
    },
    at(path, special) {
      if (special) answers.set(path, special);
      else answers.delete(path);
    },
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sendJson(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readAll(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) body += String(part);
  return body;
}
