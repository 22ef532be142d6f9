import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { NewCredential, SignedChallenge } from './passkey-schemas.ts';

/** What an answer claims; each can be made wrong. */
export interface Claims {
  challenge: string;
  origin: string;
  rpId: string;
  userHandle?: string;
  /** Whether the owner was asked who they are. */
  isVerified?: boolean;
  counter?: number;
}

/** A device with one passkey, in software: it answers whatever it is asked, also what no browser would. */
export interface TestAuthenticator {
  make(claims: Claims): NewCredential;
  sign(claims: Claims): SignedChallenge;
}

export function createTestAuthenticator(): TestAuthenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  // COSE: an EC2 key for ES256 on P-256.
  const key = Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
    Buffer.from(x, 'base64url'),
    Buffer.from([0x22, 0x58, 0x20]),
    Buffer.from(y, 'base64url'),
  ]);
  const credential = {
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key' as const,
    clientExtensionResults: {},
  };
  return {
    make(claims) {
      const authData = Buffer.concat([
        authenticatorData(claims, 0x40),
        Buffer.alloc(16),
        Buffer.from([0, id.length]),
        id,
        key,
      ]);
      // CBOR: {"fmt": "none", "attStmt": {}, "authData": …}
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3, 0x63]),
        Buffer.from('fmt'),
        Buffer.from([0x64]),
        Buffer.from('none'),
        Buffer.from([0x67]),
        Buffer.from('attStmt'),
        Buffer.from([0xa0, 0x68]),
        Buffer.from('authData'),
        Buffer.from([0x58, authData.length]),
        authData,
      ]);
      const response = {
        clientDataJSON: clientData('webauthn.create', claims).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
      };
      return { ...credential, response };
    },
    sign(claims) {
      const data = authenticatorData(claims, 0);
      const client = clientData('webauthn.get', claims);
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
      const response = {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, privateKey).toString('base64url'),
        userHandle: claims.userHandle,
      };
      return { ...credential, response };
    },
  };
}

function authenticatorData({ rpId, isVerified = true, counter = 0 }: Claims, flags: number): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  const present = 0x01 | (isVerified ? 0x04 : 0);
  return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([present | flags]), count]);
}

function clientData(type: string, { challenge, origin }: Claims): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}
