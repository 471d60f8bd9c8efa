import type { IncomingMessage } from 'node:http';
import type Docker from 'dockerode';
import { ProbeError } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import { readCapped } from '../../http/read-capped.ts';
import { failureOfStatus, translateConnection } from './translate-error.ts';

/** One request to the engine's HTTP API. */
interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Without query, without version: `/containers/json`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** An archive in place of `body`. */
  readonly upload?: Buffer;
  readonly registryAuth?: RegistryAuth;
  /** Instead of the engine's usual deadline, in milliseconds. */
  readonly deadlineMs?: number;
  /** Statuses other than 2xx that are an answer and no failure. */
  readonly accept?: readonly number[];
}

/** Credentials for a registry, handed to the engine for one pull. */
export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

/** One engine, asked with a deadline, an abort signal and a cap on every answer. Rejects with ProbeError. */
export interface Engine {
  /** `engine render-01`, for messages. */
  readonly target: string;
  readonly clock: Clock;
  /** The JSON document that is answered; `T` is what its reader hopes for, all of it optional but ids and names. */
  json<T>(request: EngineRequest, signal: AbortSignal): Promise<T>;
  /** Sends and gives the status; whatever else is answered is thrown away. */
  status(request: EngineRequest, signal: AbortSignal): Promise<number>;
  /** Gives the open answer to `read`, and closes it afterwards, read to its end or not. */
  open<T>(
    request: EngineRequest,
    signal: AbortSignal,
    read: (answer: IncomingMessage, signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
}

const JSON_CAP = 32 * 1024 * 1024;
const SAID_CAP = 64 * 1024;
/** dockerode's own judgement of a status is switched off: every status is handed on and judged here. */
const EVERY_STATUS = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [i + 100, true]));

/**
 * Wraps a dockerode client. Its verbs are passed by on purpose: some of them ignore the abort signal
 * (`image.inspect`), none of them limits what it reads, and a timeout surfaces as "socket hang up".
 */
export function createEngine(options: { name: string; client: Docker; clock: Clock; deadlineMs: number }): Engine {
  const { client, clock } = options;
  const target = `engine ${options.name}`;

  const open: Engine['open'] = (request, signal, read) => {
    const deadlineMs = request.deadlineMs ?? options.deadlineMs;
    return call(target, deadlineMs, clock, signal, async (within) => {
      const answer = await dial(client, request, within);
      try {
        const status = answer.statusCode ?? 0;
        if ((status >= 200 && status < 300) || request.accept?.includes(status)) return await read(answer, within);
        throw failureOfStatus(target, status, messageIn(await collect(target, answer, SAID_CAP)));
      } finally {
        answer.destroy();
      }
    });
  };

  return {
    target,
    clock,
    open,
    json: <T>(request: EngineRequest, signal: AbortSignal) =>
      open(request, signal, async (answer) => parseJson<T>(target, await collect(target, answer, JSON_CAP))),
    status: (request, signal) =>
      open(request, signal, async (answer) => {
        await collect(target, answer, JSON_CAP);
        return answer.statusCode ?? 0;
      }),
  };
}

/**
 * Runs `work` until it ends, the deadline passes or `signal` aborts, whichever is first: whatever `work` waits for need
 * not honour the signal that it is given. Rejects with ProbeError, or with the defect that it met.
 */
async function call<T>(
  target: string,
  deadlineMs: number,
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const within = AbortSignal.any([clock.deadline(deadlineMs, signal), ended.signal]);
  const cut = () => {
    const message = signal.aborted
      ? 'the question was withdrawn before it was answered'
      : `no answer within ${deadlineMs / 1000} s: is the engine overloaded or the connection stuck?`;
    return estateFailure(target, 'timeout', message);
  };
  if (signal.aborted) throw cut();
  const aborted = new Promise<never>((_, reject) => {
    within.addEventListener('abort', () => reject(cut()), { once: true });
  });
  const working = work(within);
  // When the race is lost, what the work still says is of no interest.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, aborted]);
  } catch (error) {
    if (within.aborted && !(error instanceof ProbeError)) throw cut();
    throw translateConnection(target, error);
  } finally {
    ended.abort();
  }
}

function dial(client: Docker, request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    client.modem.dial(
      {
        path: `${request.path}?`,
        method: request.method,
        options: { _query: request.query ?? {}, _body: request.body ?? {} },
        abortSignal: signal,
        isStream: true,
        statusCodes: EVERY_STATUS,
        ...(request.upload ? { file: request.upload } : {}),
        ...(request.registryAuth ? { authconfig: request.registryAuth } : {}),
      },
      (error: unknown, answer: unknown) => {
        if (error) return reject(error);
        // A caller that has gone closes the connection; without a listener that would end the program.
        const incoming = answer as IncomingMessage;
        incoming.on('error', () => undefined);
        resolve(incoming);
      },
    );
  });
}

async function collect(target: string, answer: AsyncIterable<Buffer>, cap: number): Promise<Buffer> {
  const { bytes, whole } = await readCapped(answer, cap);
  if (!whole) throw estateFailure(target, 'too-large', `the answer is larger than ${cap >> 20} MiB`);
  return bytes;
}

function parseJson<T>(target: string, body: Buffer): T {
  try {
    return JSON.parse(body.toString('utf8')) as T;
  } catch (cause) {
    const message = 'what answers there is no Docker engine: the answer is not JSON';
    throw estateFailure(target, 'invalid', message, cause);
  }
}

/** The engine writes `{"message": "…"}`; what stands before it may write anything. */
function messageIn(body: Buffer): string {
  const text = body.toString('utf8').trim();
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document && 'message' in document)
      return String(document.message).slice(0, 500);
  } catch {
    // No JSON: the text itself will do.
  }
  return text.split('\n')[0]?.slice(0, 200) ?? '';
}
