import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Clock } from '../../../src/ports/clock.ts';
import { fetchCapped } from './fetch-capped.ts';

/** The keys could not be had: it says nothing of a token. */
export class KeysUnavailable extends Error {
  constructor(options?: ErrorOptions) {
    super('The keys of the Bot Framework could not be had.', options);
    this.name = 'KeysUnavailable';
  }
}

/** The keys that the Bot Framework signs with (T3). */
export interface SigningKeys {
  /** Whether a token (`Bearer …`, of three parts) is signed with RS256 by one of the keys. Rejects with KeysUnavailable. */
  isSigned(header: string): Promise<boolean>;
}

/** Keys are good for a day; for one that is not known they are asked again, but not by everybody who makes up a name. */
const GOOD_MS = 24 * 60 * 60_000;
const AGAIN_MS = 5 * 60_000;
const KEYS = 100;

async function read(url: string): Promise<Readonly<Record<string, unknown>>> {
  const { status, text } = await fetchCapped(url, { method: 'GET', headers: { accept: 'application/json' } });
  if (status !== 200) throw new Error(`${new URL(url).host} answered ${status}.`);
  return JSON.parse(text) as Record<string, unknown>;
}

async function ask(openIdUrl: string): Promise<ReadonlyMap<string, KeyObject>> {
  const { jwks_uri: url } = await read(openIdUrl);
  const { keys } = await read(String(url));
  const usable = (Array.isArray(keys) ? keys : []).slice(0, KEYS).filter(({ kty, kid }) => kty === 'RSA' && kid);
  return new Map(usable.map((key) => [String(key.kid), createPublicKey({ key, format: 'jwk' })]));
}

/** The keys of an OpenID document, asked when they are needed. */
export function createSigningKeys(openIdUrl: string, clock: Clock): SigningKeys {
  let held: { readonly keys: ReadonlyMap<string, KeyObject>; readonly at: number } | null = null;
  let asking: Promise<ReadonlyMap<string, KeyObject>> | null = null;

  const renew = async () => {
    const keys = await ask(openIdUrl).catch((cause: unknown) => {
      throw new KeysUnavailable({ cause });
    });
    held = { keys, at: clock.monotonic() };
    return keys;
  };
  const find = async (kid: string): Promise<KeyObject | null> => {
    const age = held === null ? Number.POSITIVE_INFINITY : clock.monotonic() - held.at;
    const known = held?.keys.get(kid);
    if (known !== undefined && age < GOOD_MS) return known;
    if (known === undefined && age < AGAIN_MS) return null;
    asking ??= renew().finally(() => {
      asking = null;
    });
    return (await asking).get(kid) ?? null;
  };

  return {
    async isSigned(header) {
      const [head = '', body = '', signature = ''] = header.replace('Bearer ', '').split('.');
      const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { readonly kid: string };
      const key = await find(kid);
      return key !== null && verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
    },
  };
}
