import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { abandonedFolders, createLabFolder, removeLabFolder } from '../lab/lab-folder.ts';
import { type PrivateEngine, startPrivateEngine } from '../lab/private-engine.ts';
import { startRegistry } from '../lab/registry.ts';
import { buildBenchImages } from './bench-images.ts';
import { type Contender, findContenders, type Question } from './contenders.ts';
import { type CountingProxy, startCountingProxy, type Traffic } from './counting-proxy.ts';
import { installExecfmt } from './install-execfmt.ts';
import { pushToRegistry } from './push-to-registry.ts';
import { peakMemory, runContender } from './run-contender.ts';

/** One run: how long it took, and what the registry served. */
export interface Measured extends Traffic {
  readonly ms: number;
}

/** The fastest of all rounds: at the first time and again, on loopback and with latency. */
export interface Line {
  readonly contender: string;
  readonly cold: Measured;
  readonly warm: Measured;
  readonly coldFar: Measured;
  readonly warmFar: Measured;
}

export interface ImageResult {
  readonly image: string;
  /** Compressed bytes of all layers. */
  readonly size: number;
  /** execfmt first. */
  readonly lines: readonly Line[];
  /** execfmt's peak resident memory in MiB, at the first time and again. */
  readonly peaks: readonly [cold: number, warm: number];
}

export interface ImagesReport {
  readonly results: readonly ImageResult[];
  /** Who could not take part, and why. */
  readonly missing: readonly string[];
}

/** Milliseconds of a round trip to a registry that is near, but not here. */
export const FAR = 20;
export const ROUNDS = Number(process.env.EXECFMT_BENCH_ROUNDS ?? 3);

/** Measures how long it takes to learn what is in images, side by side. Needs Debian on x86-64 with docker-registry. */
export async function measureImages(say: (line: string) => void): Promise<ImagesReport> {
  for (const abandoned of abandonedFolders('bench')) removeLabFolder(abandoned);
  const folder = createLabFolder('bench');
  const registry = await startRegistry();
  const proxy = await startCountingProxy(registry.address);
  const engine = process.getuid?.() === 0 ? await startPrivateEngine().catch(() => null) : null;
  try {
    const { there, missing } = await findContenders(installExecfmt(folder, proxy.address), engine);
    const results: ImageResult[] = [];
    for (const [at, image] of (await buildBenchImages()).entries()) {
      const repository = `bench/image-${at}`;
      await pushToRegistry(registry.address, repository, image.image, 'v1');
      say(`measuring ${image.name}`);
      results.push(await measureImage({ image, reference: `${proxy.address}/${repository}:v1` }, there, proxy, folder));
    }
    return { results, missing };
  } finally {
    await stopAll(engine, proxy, registry.stop);
    removeLabFolder(folder);
  }
}

async function stopAll(engine: PrivateEngine | null, proxy: CountingProxy, stopRegistry: () => Promise<void>) {
  engine?.stop();
  await proxy.stop();
  await stopRegistry();
}

type Subject = Omit<Question, 'folder'>;
type Runs = Record<keyof Omit<Line, 'contender'>, Measured[]>;

/** In each round everybody comes in turn, so that what else the machine does falls on all. */
async function measureImage(
  subject: Subject,
  contenders: readonly Contender[],
  proxy: CountingProxy,
  folder: string,
): Promise<ImageResult> {
  const all = contenders.map((contender, at) => {
    const own = join(folder, `contender-${at}`);
    mkdirSync(own, { recursive: true });
    const runs: Runs = { cold: [], warm: [], coldFar: [], warmFar: [] };
    return { contender, question: { ...subject, folder: own }, runs };
  });
  const [own] = all;
  if (own === undefined) throw new Error('nobody takes part');
  const peaks = await peaksOf(own.contender, own.question);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const each of all) await measureRound(each.contender, each.question, each.runs, proxy);
  }
  const { image } = subject;
  return { image: image.name, size: image.size, peaks, lines: all.map((each) => lineOf(each.contender, each.runs)) };
}

async function peaksOf(contender: Contender, question: Question): Promise<readonly [number, number]> {
  contender.forget(question);
  return [await peakMemory(contender, question), await peakMemory(contender, question)];
}

async function measureRound(contender: Contender, question: Question, runs: Runs, proxy: CountingProxy): Promise<void> {
  const measure = async (): Promise<Measured> => {
    proxy.take();
    const ms = await runContender(contender, question);
    return { ms, ...proxy.take() };
  };
  for (const latency of [0, FAR]) {
    proxy.latency = latency;
    contender.forget(question);
    runs[latency === 0 ? 'cold' : 'coldFar'].push(await measure());
    runs[latency === 0 ? 'warm' : 'warmFar'].push(await measure());
  }
  contender.forget(question);
}

function lineOf({ name }: Contender, { cold, warm, coldFar, warmFar }: Runs): Line {
  return { contender: name, cold: best(cold), warm: best(warm), coldFar: best(coldFar), warmFar: best(warmFar) };
}

function best(all: readonly Measured[]): Measured {
  const fastest = all.toSorted((a, b) => a.ms - b.ms)[0];
  if (fastest === undefined) throw new Error('EXECFMT_BENCH_ROUNDS must be at least 1.');
  return fastest;
}
