import type { IncomingMessage } from 'node:http';
import { formatPlatform, parsePlatform, samePlatform } from '../../../../src/image/platform.ts';
import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { Engine, RegistryAuth } from '../engine.ts';
import { imageFacts, readImageDocument } from '../local-images.ts';
import { swapFailure } from './survey-swap.ts';

const OVERALL_MS = 15 * 60_000;
const STALL_MS = 60_000;
const LOOK_MS = 5_000;
/** One progress message is a few hundred bytes; the whole stream has no end of its own. */
const LINE_CAP = 1024 * 1024;

/** Credentials for the registry of an image, asked when it is pulled; null: none are configured. */
export type RegistryAuthFor = (registry: string, signal: AbortSignal) => Promise<RegistryAuth | null>;

/** Has the engine fetch the image by digest for the platform, unless it has it. Rejects with ProbeError. */
export async function pullImage(
  engine: Engine,
  authFor: RegistryAuthFor,
  swap: Swap,
  signal: AbortSignal,
): Promise<string> {
  if ((await platformHere(engine, swap, signal)) === 'wanted') return `The host has ${swap.image} already.`;
  await pull(engine, await authFor(registryOf(swap.image), signal), swap, signal);
  const here = await platformHere(engine, swap, signal);
  if (here === 'wanted') return `Pulled ${swap.image} for ${swap.platform}.`;
  if (here === null) {
    throw swapFailure(
      engine,
      'not-found',
      `${swap.image} was pulled, but the engine does not have it: is its disk full?`,
    );
  }
  const message = `${swap.image} is for ${here}, not for ${swap.platform}: nothing was changed, choose another digest`;
  throw swapFailure(engine, 'invalid', message);
}

/** `wanted`, the platform that is there instead, or null when the image is not there. */
async function platformHere(engine: Engine, swap: Swap, signal: AbortSignal): Promise<string | null> {
  const document = await readImageDocument(engine, swap.image, signal);
  if (document === null) return null;
  const { platform } = imageFacts(document);
  const wanted = parsePlatform(swap.platform);
  return wanted !== null && samePlatform(platform, wanted) ? 'wanted' : formatPlatform(platform);
}

async function pull(engine: Engine, auth: RegistryAuth | null, swap: Swap, signal: AbortSignal): Promise<void> {
  const [repository = '', digest = ''] = swap.image.split('@');
  const query = { fromImage: repository, tag: digest, platform: swap.platform };
  const request = { method: 'POST', path: '/images/create', query, deadlineMs: OVERALL_MS } as const;
  const stalled = new AbortController();
  const ended = new AbortController();
  const within = AbortSignal.any([signal, stalled.signal]);
  let heard = engine.clock.monotonic();
  const watching = watch(engine, ended.signal, () => {
    if (engine.clock.monotonic() - heard > STALL_MS) stalled.abort();
  });
  try {
    await engine.open({ ...request, ...(auth ? { registryAuth: auth } : {}) }, within, (answer) =>
      follow(engine, answer, () => {
        heard = engine.clock.monotonic();
      }),
    );
  } catch (error) {
    if (!stalled.signal.aborted) throw error;
    const message = `pulling ${swap.image} stood still for ${STALL_MS / 1000} s: can the host reach the registry?`;
    throw swapFailure(engine, 'timeout', message);
  } finally {
    ended.abort();
    await watching;
  }
}

async function watch(engine: Engine, until: AbortSignal, look: () => void): Promise<void> {
  while (!until.aborted) {
    try {
      await engine.clock.sleep(LOOK_MS, until);
    } catch {
      return;
    }
    look();
  }
}

/** Reads the progress to its end: one JSON object a line, of which an `error` means that the pull failed. */
async function follow(engine: Engine, answer: IncomingMessage, heard: () => void): Promise<void> {
  let rest = '';
  for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
    heard();
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) judge(engine, line);
    if (rest.length > LINE_CAP) throw swapFailure(engine, 'too-large', 'the progress of the pull is unreadable');
  }
  judge(engine, rest);
}

function judge(engine: Engine, line: string): void {
  if (line.trim() === '') return;
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    throw swapFailure(engine, 'invalid', 'the progress of the pull is unreadable');
  }
  if (typeof event !== 'object' || event === null || !('error' in event)) return;
  // The engine gives these errors no code that could be relied on.
  const said = String(event.error).slice(0, 500);
  throw swapFailure(engine, 'unreachable', `the pull failed: ${said}`);
}

/** The part before the first slash is a registry only if it can be a host (distribution reference grammar). */
export function registryOf(image: string): string {
  const first = image.split('/')[0] ?? '';
  const isHost = image.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first : 'docker.io';
}
