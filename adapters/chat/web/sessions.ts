import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Person } from '../../../src/approval/person.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { BoundedMap } from './bounded-map.ts';

/** Who may sign in, with their secret. */
export interface SignInPerson {
  readonly name: string;
  readonly token: string;
}

/** One sign-in on one browser. */
export interface Session {
  readonly id: string;
  /** `web:<name>`: the identity that approvals check. */
  readonly person: Person;
  /** In every form of this session, and in no other's. */
  readonly csrf: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/** Sessions last this long, and are never prolonged. */
export const SESSION_MS = 12 * 60 * 60_000;

/** Sign-outs that are remembered until their session would have ended anyway. */
const ENDED_KEPT = 10_000;

interface Known {
  readonly name: string;
  readonly digest: Buffer;
  readonly key: Buffer;
}

/**
 * Sessions that live in their cookie: id, end and name, signed with a key that comes out of that person's token. So they
 * outlast a restart, every replica knows them, and a person whose token is changed or taken out is signed out everywhere.
 * A sign-out ends the session at once here; other replicas go by the browser having dropped its cookie.
 */
export class Sessions {
  readonly #people: readonly Known[];
  readonly #clock: Clock;
  readonly #ended = new BoundedMap<true>(ENDED_KEPT);
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(people: readonly SignInPerson[], clock: Clock) {
    this.#clock = clock;
    this.#people = people.map(({ name, token }) => ({
      name,
      digest: digestOf(token),
      key: Buffer.from(hkdfSync('sha256', token, '', 'execfmt page session', 32)),
    }));
  }

  /** Whose token this is; null for nobody's. Every person's is compared, in constant time, so that its time tells nothing. */
  recognise(token: string): string | null {
    const given = digestOf(token);
    let name: string | null = null;
    for (const person of this.#people) if (timingSafeEqual(given, person.digest)) name = person.name;
    return name;
  }

  /** Begins a session; gives it and what its cookie holds. */
  open(name: string): { readonly session: Session; readonly cookie: string } {
    const known = this.#people.find((person) => person.name === name);
    if (!known) throw new Error(`${name} is not one who may sign in`);
    const endsAt = this.#clock.now().getTime() + SESSION_MS;
    const claims = [randomBytes(18).toString('base64url'), String(endsAt), Buffer.from(name).toString('base64url')];
    const session = sessionOf(known, claims[0] ?? '', endsAt);
    return { session, cookie: [...claims, sign(known.key, 'cookie', claims.join('.'))].join('.') };
  }

  /** The session of a cookie; null when it is not ours, over, or ended. */
  read(cookie: string | undefined): Session | null {
    const [id = '', end = '', name = '', mac = '', ...more] = (cookie ?? '').split('.');
    const called = Buffer.from(name, 'base64url').toString();
    const known = this.#people.find((person) => person.name === called);
    if (!known || more.length > 0) return null;
    if (!equal(mac, sign(known.key, 'cookie', `${id}.${end}.${name}`))) return null;
    const session = sessionOf(known, id, Number(end));
    return this.isLive(session) ? session : null;
  }

  isLive({ id, endsAt }: Session): boolean {
    return this.#clock.now().getTime() < endsAt && this.#ended.get(id) === undefined;
  }

  /** Signs out: the session's cookie counts no more, and its streams end. */
  end({ id }: Session): void {
    this.#ended.set(id, true);
    for (const listener of this.#listeners.get(id) ?? []) listener();
  }

  /** Calls back when the session is signed out. Gives the function that ends the watch. */
  whenEnded({ id }: Session, listener: () => void): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(id);
    };
  }
}

const digestOf = (token: string) => createHash('sha256').update(token).digest();

const sign = (key: Buffer, what: string, text: string) =>
  createHmac('sha256', key).update(`${what} ${text}`).digest('base64url');

function sessionOf({ name, key }: Known, id: string, endsAt: number): Session {
  return { id, person: { id: `web:${name}`, name }, csrf: sign(key, 'form', id), endsAt };
}

/** Compares two texts in a time that does not tell how far they agree. */
export function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
