import type { Clock } from '../../../src/ports/clock.ts';
import { type HostRequest, requestAuthorised } from './authorised-request.ts';
import { type BlobPart, type ByteRange, blobPartOf, rangeHeader } from './blob-part.ts';
import type { Exchange, Reply } from './exchange.ts';
import type { Answered } from './follow-redirects.ts';
import type { Logins } from './log-in.ts';
import type { Host, Mirrors } from './mirrors.ts';
import type { Deadlines } from './options.ts';
import { bodyOf, readBody } from './read-body.ts';
import { type Expected, verifyBytes } from './verify-bytes.ts';

/** One thing of a registry that is asked for. */
export interface Ask {
  readonly registry: string;
  readonly repository: string;
  /** Below `/v2/<repository>/`, with its query. */
  readonly path: string;
  readonly accept?: string;
  /** For messages: `the tag v3 of registry.corp.io/pdf-renderer`. */
  readonly what: string;
  readonly signal: AbortSignal;
}

export interface Got {
  readonly bytes: Buffer;
  /** Of the bytes. */
  readonly digest: string;
  readonly headers: Reply['headers'];
  /** The registry or the mirror of it that gave them. */
  readonly servedBy: string;
}

/**
 * Reads from registries and their mirrors: logs in where that is demanded, follows redirects, asks again what cannot be
 * answered just now. Rejects with ProbeError.
 */
export interface RegistryClient {
  /** Whether it is there, and what is said of it. */
  head(ask: Ask): Promise<Pick<Got, 'headers' | 'servedBy'>>;
  /** The whole answer, of at most `cap` bytes, which must be what is expected or what the registry says they are. */
  read(ask: Ask, cap: number, expected?: Expected): Promise<Got>;
  /** The answer's bytes as they come, verified by nobody. Leaving the loop early closes the connection. */
  stream(ask: Ask): AsyncIterable<Buffer>;
  /** A part of a blob as it comes. Its bytes must be read, or the signal aborted, for the connection to be free again. */
  part(ask: Ask, range: ByteRange): Promise<BlobPart>;
}

export interface ClientParts {
  readonly exchange: Exchange;
  readonly logins: Logins;
  readonly mirrors: Mirrors;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

type Manner = Pick<HostRequest, 'method' | 'headers' | 'expected'>;

const EVERYTHING: Manner = { method: 'GET', headers: {}, expected: [200] };
const NOTHING_BUT_HEADERS: Manner = { method: 'HEAD', headers: {}, expected: [200] };

export function createRegistryClient(parts: ClientParts): RegistryClient {
  const { clock, deadlines, mirrors } = parts;
  /** Each host has a deadline of its own: a slow mirror must not use up the registry's time. */
  const bounded = (ask: Ask, isMirror: boolean) => {
    const ms = isMirror ? deadlines.mirror : deadlines.request;
    return { ...ask, signal: clock.deadline(ms, ask.signal), until: clock.monotonic() + ms };
  };
  return {
    head: (ask) =>
      mirrors.firstOf(ask, async (host, isMirror) => {
        const { reply, question } = await send(parts, host, bounded(ask, isMirror), NOTHING_BUT_HEADERS);
        await readBody(reply, question, 0);
        return { headers: reply.headers, servedBy: host.endpoint.registry };
      }),
    read: (ask, cap, expected) =>
      mirrors.firstOf(ask, async (host, isMirror) => {
        const { reply, question } = await send(parts, host, bounded(ask, isMirror), EVERYTHING);
        const bytes = await readBody(reply, question, cap);
        const { headers } = reply;
        const servedBy = host.endpoint.registry;
        const digest = verifyBytes(bytes, headers, expected ?? null, { registry: servedBy, what: ask.what });
        return { bytes, digest, headers, servedBy };
      }),
    stream: async function* (ask) {
      const { reply, question } = await mirrors.firstOf(ask, (host) => send(parts, host, ask, EVERYTHING));
      yield* bodyOf(reply, question);
    },
    part: (ask, range) =>
      mirrors.firstOf(ask, async (host) => {
        const manner: Manner = { method: 'GET', headers: { range: rangeHeader(range) }, expected: [200, 206, 416] };
        return blobPartOf(await send(parts, host, ask, manner), range);
      }),
  };
}

function send(
  parts: ClientParts,
  host: Host,
  ask: Ask & { readonly until?: number },
  manner: Manner,
): Promise<Answered> {
  const headers = { ...(ask.accept !== undefined && { accept: ask.accept }), ...manner.headers };
  const { path, what, signal, until } = ask;
  return requestAuthorised(parts, { ...host, ...manner, headers, path, what, signal, ...(until && { until }) });
}
