import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScrape } from '../../adapters/metrics/scrape/scrape.ts';
import { buildIncidentImages } from '../../adapters/practice/incident-images.ts';
import { littleElf } from '../../adapters/practice/little-elf.ts';
import { type BuiltImage, buildImage } from '../../adapters/practice/oci-image.ts';
import { serveRegistry } from '../../adapters/practice/registry.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Service } from '../../src/app/deps.ts';
import { readNewErrors } from '../../src/app/read-new-errors.ts';
import { verify } from '../../src/app/verify.ts';
import type { Answer } from '../../src/playbook/answer.ts';
import type { Swap } from '../../src/ports/image-swap.ts';
import { knownValue } from '../contracts/estate-contract.ts';
import { type Bench, openBench } from '../estate/docker/incident-bench.ts';
import { swapOf } from '../estate/docker/under-contract.ts';
import { startEngine } from '../lab/engine.ts';
import { startMetricsPage } from '../lab/metrics-page.ts';
import { suite } from '../lab/requirements.ts';

const signal = new AbortController().signal;
const machine = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** A program that says one line and stays. */
const saying = (message: string): Promise<BuiltImage> =>
  buildImage({
    platform: { os: 'linux', architecture: machine, variant: null },
    layers: [[{ path: '/app/render', mode: 0o755, content: littleElf({ architecture: machine, message }) }]],
    config: { cmd: ['/app/render'], env: ['PATH=/bin'] },
    createdAt: new Date(0).toISOString(),
  });

suite('verification on a real engine', ['engine', 'no-emulator'], () => {
  let bench: Bench;
  let address: string;
  let said: Record<'error' | 'refusal', BuiltImage>;

  beforeAll(async () => {
    const engine = await startEngine();
    const images = await buildIncidentImages(Date.now());
    said = {
      error: await saying('12:00 ERROR no cache at 192.0.2.7'),
      refusal: await saying('exec /app/helper: exec format error'),
    };
    const registry = await serveRegistry({ 'pdf-renderer': { v2: images.v2, v3: images.v3, ...said } });
    address = registry.address;
    bench = await openBench(engine.host, address, machine, images, () => registry.close());
  });
  afterAll(() => bench?.close());

  interface Case {
    readonly settings?: Docker.ContainerCreateOptions;
    readonly change?: (swap: Swap) => Swap;
    readonly service?: Service;
    readonly metrics?: string;
    readonly logBefore?: readonly string[];
    readonly timeoutMs?: number;
  }

  /** Swaps a container and verifies it, with what is asked of the verification changed. */
  const verified = async ({ settings, change, service, metrics, logBefore, timeoutMs = 15_000 }: Case) => {
    const host = { NetworkMode: 'none', RestartPolicy: { Name: 'always' } };
    const old = await bench.deploy(bench.bad, { HostConfig: host, ...settings });
    const swap = (change ?? ((same) => same))(swapOf(bench, old));
    const asImage = { ...swap, platform: `linux/${swap.image === bench.bad ? bench.badArchitecture : machine}` };
    for (const phase of bench.swapper.phases) knownValue(await phase.run(asImage, signal));
    const deps = {
      clock: systemClock,
      estates: new Map([[bench.host, bench.estate]]),
      metrics: new Map(metrics ? [['app', createScrape({ name: 'app', url: metrics, clock: systemClock })]] : []),
      verification: { stableForMs: 1_500, timeoutMs, followForMs: 0 },
    };
    const told: number[] = [];
    const tell = async (impact: readonly { value: number | null }[]) =>
      void told.push(...impact.map(({ value }) => value ?? -1));
    const answer = await verify(deps, bench.swapper, swap, service ?? null, tell, signal, logBefore);
    return { answer, told, old };
  };
  const why = (answer: Answer<string>) => (answer.kind === 'known' ? `known: ${answer.value}` : answer.why.message);

  it('takes one that runs and stays up', async () => {
    const { answer } = await verified({});
    expect(knownValue(answer)).toBe(`It runs as linux/${machine}, stable for 1.5 s, log quiet.`);
  }, 60_000);

  it('gives one up that crashes again and again, long before the time is over, with what its log says', async () => {
    const { answer } = await verified({
      change: (swap) => ({ ...swap, image: bench.bad, platform: `linux/${bench.badArchitecture}` }),
      timeoutMs: 600_000,
    });
    expect(answer).toMatchObject({ kind: 'probe-failed', why: { code: 'invalid' } });
    expect(why(answer)).toMatch(
      /crashes again and again: \d+ times while it was looked at, exit code \d+\. Its log has: .*exec format error/,
    );
  }, 60_000);

  it('gives one up that has ended and is not started again', async () => {
    const never = { NetworkMode: 'none', RestartPolicy: { Name: 'no' } };
    const { answer } = await verified({
      settings: { HostConfig: never },
      change: (swap) => ({ ...swap, image: bench.bad, platform: `linux/${bench.badArchitecture}` }),
      timeoutMs: 600_000,
    });
    expect(why(answer)).toContain('It has ended and is not started again, exit code ');
  }, 60_000);

  it('does not take one for another architecture', async () => {
    const { answer } = await verified({ change: (swap) => ({ ...swap, platform: 'linux/s390x' }), timeoutMs: 3_000 });
    expect(why(answer)).toContain(`status running, exit none, linux/${machine}`);
  }, 60_000);

  it.each([
    ['healthy', ['CMD', '/sbin/docker-init', '--version']],
    ['unhealthy', ['CMD', '/not/there']],
  ])(
    'heeds the health check of one that is %s',
    async (health, Test) => {
      const second = 1_000_000_000;
      const HostConfig = { NetworkMode: 'none', Init: true };
      const Healthcheck = { Test, Interval: second, Timeout: 5 * second, Retries: 1 };
      const { answer } = await verified({
        settings: { HostConfig, Healthcheck },
        timeoutMs: health === 'healthy' ? 20_000 : 6_000,
      });
      expect(answer.kind).toBe(health === 'healthy' ? 'known' : 'probe-failed');
      expect(why(answer)).toContain(`, ${health},`);
    },
    60_000,
  );

  it('does not take one whose log has a refusal, though it runs', async () => {
    const image = `${address}/pdf-renderer@${said.refusal.digest}`;
    const { answer } = await verified({ change: (swap) => ({ ...swap, image }) });
    expect(why(answer)).toBe('It is said to run, but its log has: exec /app/helper: exec format error.');
  }, 60_000);

  it('tells errors of the program that were not there before, and takes it', async () => {
    const image = `${address}/pdf-renderer@${said.error.digest}`;
    const change = (swap: Swap) => ({ ...swap, image });
    expect(knownValue((await verified({ change })).answer)).toContain(
      'but one line of its log speaks of errors, first: 12:00 ERROR no cache',
    );
    const logBefore = ['11:58 ERROR no cache at 192.0.2.7'];
    expect(knownValue((await verified({ change, logBefore })).answer)).toContain('log quiet');
  }, 60_000);

  it('tells the numbers before and after', async () => {
    const page = await startMetricsPage(async () => true);
    const impact = [
      { source: 'app', name: 'jobs waiting', series: 'pdf_queue_pending_jobs', recovers: 'falling', unit: null },
    ] as const;
    const service = { name: 'x', targets: [], image: null, platforms: [], impact, rebuild: null, approvals: null };
    const { answer, told } = await verified({ service, metrics: page.url });
    expect(knownValue(answer)).toContain('jobs waiting falling: 1,727 → 1,607.');
    expect(told).toEqual([1727, 1607]);
    await page.stop();
  }, 60_000);
});

describe('new errors in a log', () => {
  it('are those of the program, and every refusal of a runtime or a loader', () => {
    const lines = [
      'ready',
      'Error: no cache 7',
      'panic: at 9',
      'error while loading shared libraries: libx.so.1: cannot open shared object file: No such file or directory',
    ];
    expect(readNewErrors(lines, ['Error: no cache 3'])).toEqual({ refusal: lines[3], errors: ['panic: at 9'] });
    expect(readNewErrors(['terror', 'errors: 0 found'], [])).toEqual({ refusal: null, errors: [] });
  });
});
