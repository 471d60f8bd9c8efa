import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** How a delivery's token is spoilt, to see that it is refused. */
export type Spoil =
  | 'missing'
  | 'not-a-token'
  | 'wrong-signature'
  | 'alg-none'
  | 'hs256'
  | 'unknown-key'
  | 'unendorsed-key'
  | 'expired'
  | 'not-yet'
  | 'other-bot'
  | 'other-issuer'
  | 'other-service-url'
  | 'skill';

/** What a token says, before it is spoilt. */
export interface Claims {
  readonly appId: string;
  readonly issuer: string;
  readonly serviceUrl: string;
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
/** Made once: it takes a while. */
const keys = { good: pair(), unendorsed: pair(), foreign: pair() };

function payloadOf({ appId, issuer, serviceUrl }: Claims, spoil: Spoil | null) {
  const now = Math.floor(Date.now() / 1000);
  const shift = spoil === 'expired' ? -7200 : spoil === 'not-yet' ? 7200 : 0;
  const skill = spoil === 'skill' ? { ver: '2.0', azp: 'another-app', appid: 'another-app' } : {};
  return {
    serviceurl: spoil === 'other-service-url' ? 'https://evil.example/' : serviceUrl,
    nbf: now + shift,
    exp: now + 3600 + shift,
    iss:
      spoil === 'other-issuer'
        ? 'https://issuer.example'
        : spoil === 'skill'
          ? 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/'
          : issuer,
    aud: spoil === 'other-bot' ? 'another-app' : appId,
    ...skill,
  };
}

/** The Bot Framework's keys: they sign deliveries' tokens, and are published in the OpenID document (T3). */
export function createKeys() {
  const jwk = (key: KeyObject, kid: string, endorsements: readonly string[]) => ({
    ...key.export({ format: 'jwk' }),
    ...{ kid, use: 'sig', endorsements },
  });
  return {
    /** The key set. */
    set: () => ({
      keys: [
        jwk(keys.good.publicKey, 'good', ['msteams', 'skype']),
        jwk(keys.unendorsed.publicKey, 'unendorsed', ['webchat']),
      ],
    }),
    /** The `Authorization` of a delivery; null without one. */
    authorization(claims: Claims, spoil: Spoil | null): string | null {
      if (spoil === 'missing') return null;
      if (spoil === 'not-a-token') return 'Bearer nonsense';
      const payload = encode(payloadOf(claims, spoil));
      const kid = spoil === 'unknown-key' ? 'unknown' : spoil === 'unendorsed-key' ? 'unendorsed' : 'good';
      const alg = spoil === 'alg-none' ? 'none' : spoil === 'hs256' ? 'HS256' : 'RS256';
      const text = `${encode({ typ: 'JWT', alg, kid })}.${payload}`;
      if (spoil === 'alg-none') return `Bearer ${text}.`;
      if (spoil === 'hs256') {
        const secret = keys.good.publicKey.export({ type: 'pkcs1', format: 'pem' });
        return `Bearer ${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
      }
      const by = spoil === 'wrong-signature' ? keys.foreign : spoil === 'unendorsed-key' ? keys.unendorsed : keys.good;
      return `Bearer ${text}.${sign('sha256', Buffer.from(text), by.privateKey).toString('base64url')}`;
    },
  };
}
