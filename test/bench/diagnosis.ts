import { randomUUID } from 'node:crypto';
import { startPractice } from '../../adapters/practice/start-practice.ts';
import { createImageSource } from '../../adapters/registry/oci/image-source.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { createApplication } from '../../src/app/application.ts';
import type { Deps } from '../../src/app/deps.ts';
import { connectHosts } from '../../src/cli/connect-hosts.ts';
import { defaultConfig } from '../../src/cli/load-config.ts';
import { withPractice } from '../../src/cli/practice-config.ts';
import { registryOptions } from '../../src/cli/registry-options.ts';
import { servicesOf } from '../../src/cli/services-of.ts';
import type { Estate } from '../../src/ports/estate.ts';
import { makeDeps } from '../app/make-deps.ts';
import { quiet } from '../app/quiet-log.ts';
import { hangingEstate, type Remembered, slowEstate } from './slow-estate.ts';

export interface DiagnosisReport {
  /** From the command to the verdict, in milliseconds: one container on an engine in this process; the fastest, once warm. */
  readonly one: number;
  /** The same behind one host, and behind 200, that answer each question after 50 ms. */
  readonly slow: number;
  readonly many: number;
  readonly manyInstances: number;
  /** 200 such hosts with 20 more that never answer. */
  readonly hanging: number;
  /** Resident memory before and after the diagnoses of 200 hosts, in MiB. */
  readonly memoryMiB: readonly [before: number, after: number];
}

const HOSTS = 200;
const HANGING = 20;
const ANSWER_MS = 50;
export const SERVICE = 'pdf-renderer';
const residentMiB = () => Math.round(process.memoryUsage.rss() / 1024 ** 2);

/** Measures diagnoses of the practice incident, on the practice engine and on stand-ins that give its answers late. */
export async function measureDiagnosis(): Promise<DiagnosisReport> {
  const practice = await startPractice({ drainSeconds: 5 });
  try {
    const config = withPractice({ ...defaultConfig(), hosts: [] }, practice, 'web:ada');
    const services = servicesOf(config);
    const registries = await registryOptions(config.registries);
    const { estates, swappers } = connectHosts(config.hosts, services, registries);
    const images = createImageSource({ registries, dockerConfigPath: null, log: quiet, clock: systemClock });
    const [real] = estates.values();
    if (real === undefined) throw new Error('the practice has no host');
    const base = { services, estates, swappers, images };
    const remembered: Remembered = new Map();
    const slow = (count: number) =>
      Array.from({ length: count }, (_, at) => slowEstate(real, `host-${at}`, ANSWER_MS, systemClock, remembered));
    const hanging = Array.from({ length: HANGING }, (_, at) => hangingEstate(real, `silent-${at}`));
    const on = (hosts: readonly Estate[]) => stageOn(base, hosts);
    const one = await fastest(base);
    const slowOne = await fastest(on(slow(1)));
    const before = residentMiB();
    const many = await fastest(on(slow(HOSTS)));
    const after = residentMiB();
    const withSilent = await diagnose(on([...slow(HOSTS), ...hanging]));
    return {
      one: one.ms,
      slow: slowOne.ms,
      many: many.ms,
      manyInstances: many.instances,
      hanging: withSilent.ms,
      memoryMiB: [before, after],
    };
  } finally {
    await practice.stop();
  }
}

/** What a diagnosis is made on. */
export type Stage = Pick<Deps, 'services' | 'estates' | 'swappers' | 'images'>;

/** The service on these hosts, each of which has an instance of it, or would have. */
function stageOn(base: Stage, hosts: readonly Estate[]): Stage {
  const service = base.services.get(SERVICE);
  if (service === undefined) throw new Error('the practice has no service');
  const targets = hosts.map(({ name }) => ({ estate: name, name: SERVICE }));
  return {
    ...base,
    services: new Map([[SERVICE, { ...service, targets }]]),
    estates: new Map(hosts.map((host) => [host.name, host])),
  };
}

interface Diagnosed {
  readonly ms: number;
  readonly instances: number;
}

/** The fastest of four: the first ones compile the code. */
async function fastest(stage: Stage): Promise<Diagnosed> {
  const all: Diagnosed[] = [];
  for (let turn = 0; turn < 4; turn += 1) all.push(await diagnose(stage));
  return all.reduce((best, each) => (each.ms < best.ms ? each : best));
}

/** One diagnosis of the service in an application of its own, as `execfmt diagnose` makes it. */
export async function diagnose(stage: Stage): Promise<Diagnosed> {
  const deps = makeDeps(stage);
  const application = createApplication(() => deps);
  try {
    const began = performance.now();
    const reply = await application.handle({
      by: { id: 'web:ada', name: 'ada' },
      conversation: { chat: 'web', id: 'page' },
      delivery: randomUUID(),
      what: { kind: 'command', text: SERVICE },
    });
    if (reply.kind !== 'run') throw new Error(`no run: ${JSON.stringify(reply)}`);
    await application.diagnosed(reply.run);
    const ms = performance.now() - began;
    const state = await application.state(reply.run);
    const verdict = state?.verdict;
    if (verdict?.verdict.fault !== 'wrong-platform-image') throw new Error(`wrong verdict: ${JSON.stringify(verdict)}`);
    return { ms, instances: verdict.instances.length };
  } finally {
    await application.stop();
    await deps.journal.stop();
  }
}

/** The report as Markdown. */
export function diagnosisList({ one, slow, many, manyInstances, hanging, memoryMiB }: DiagnosisReport): string {
  const ms = (value: number) => `${Math.round(value)} ms`;
  return [
    `- one container on an engine in this process, from the command to the verdict: ${ms(one)}`,
    `- one host that answers each question after ${ANSWER_MS} ms: ${ms(slow)}`,
    `- ${HOSTS} such hosts (${manyInstances} instances): ${ms(many)}, ${(many / slow).toFixed(1)} times as long as one; resident memory from ${memoryMiB[0]} to ${memoryMiB[1]} MiB`,
    `- ${HOSTS} such hosts and ${HANGING} that never answer: ${ms(hanging)}; the deadline to find a host’s instances is 5 s`,
  ].join('\n');
}
