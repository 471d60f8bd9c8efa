import { parseImageConfig } from '../../src/image/config.ts';
import type { Platform } from '../../src/image/platform.ts';
import type { ErrnoName, FaultCode, Outcome } from '../../src/kernel/outcome.ts';
import { known } from '../../src/playbook/answer.ts';
import type { InstanceFacts, InstanceState, MountFacts } from '../../src/playbook/evidence.ts';
import type { ExecutionEvidence, InstanceEvidence } from '../../src/playbook/instance-evidence.ts';
import { accepted, sampleEvidence } from './sample-evidence.ts';

/** What one incident is about; everything else is as in the sample. */
interface Told extends Partial<Omit<InstanceEvidence, 'instance' | 'execution' | 'log'>> {
  readonly state?: Partial<InstanceState>;
  readonly facts?: Partial<InstanceFacts>;
  readonly log?: readonly string[];
  /** What the kernel model says of the files. */
  readonly outcome?: Outcome;
  readonly execution?: Partial<ExecutionEvidence>;
}

/** The facts of the sample’s container, with some of them changed. */
export function containerFacts(facts: Partial<InstanceFacts> = {}, state: Partial<InstanceState> = {}): InstanceFacts {
  const { instance } = sampleEvidence();
  if (instance.kind !== 'known') throw new Error('the sample is complete');
  return { ...instance.value, ...facts, state: { ...instance.value.state, ...state } };
}

/** The platform of the sample’s host. */
export const AMD64: Platform = { os: 'linux', architecture: 'amd64', variant: null };
export const ARM64: Platform = { ...AMD64, architecture: 'arm64' };

/** What an engine and a registry say of an image for one platform, published as a single manifest. */
export function imageFor(platform: Platform): Pick<InstanceEvidence, 'localImage' | 'published'> {
  const { localImage, published } = sampleEvidence();
  if (localImage.kind !== 'known' || published.kind !== 'known') throw new Error('the sample is complete');
  const entries = published.value.entries.map((entry) => ({ ...entry, platform }));
  return {
    localImage: known({ ...localImage.value, platform }),
    published: known({ ...published.value, entries }),
  };
}

/** The configuration that an image for this platform is published with; `more` as in its JSON (OCI image-spec config.md). */
export function configFor({ os, architecture }: Platform, more: object = {}): Pick<InstanceEvidence, 'imageConfig'> {
  const config = parseImageConfig(JSON.stringify({ os, architecture, ...more }));
  if (!config) throw new Error('it is a configuration');
  return { imageConfig: known(config) };
}

/** Another story: an image for the host, and its container has exited with 1, silently, unless it is told otherwise. */
export function incident({ state, facts, log = [], outcome = accepted, execution, ...rest }: Told): InstanceEvidence {
  return {
    ...sampleEvidence(),
    ...imageFor(AMD64),
    instance: known(containerFacts(facts, { status: 'exited', exitCode: 1, restartCount: 0, ...state })),
    log: known({ lines: log, truncated: false }),
    execution: known({ outcome, readFrom: 'container', alternatives: [], inner: null, ...execution }),
    ...rest,
  };
}

const NUMBERS: Partial<Record<ErrnoName, number>> = { EPERM: 1, ENOENT: 2, ENOEXEC: 8, EACCES: 13, ELIBBAD: 80 };

/** The kernel refuses a file. */
export function refused(errno: ErrnoName, fault: FaultCode, culprit: string | null = '/app/render'): Outcome {
  const because = `${culprit} is refused.`;
  return { ...accepted, outcome: errno, errno: NUMBERS[errno] ?? 0, fault, culprit, because, chain: ['/app/render'] };
}

/** The kernel starts it, and it dies with a certain status: by a signal, or in a loader. */
export function dies(outcome: 'signal' | 'loader', exit: number, fault: FaultCode, culprit = '/app/render'): Outcome {
  return { ...accepted, outcome, exit, fault, culprit, because: `${culprit} ends with ${exit}.` };
}

/** The kernel starts it, and something is wrong with it all the same. */
export function suspect(fault: FaultCode, culprit = '/app/render'): Outcome {
  return { ...accepted, suspicion: { fault, culprit, because: `${culprit} is suspect.` } };
}

/** A mount, as an engine tells it: whether its file system forbids execution stays unknown. */
export function mounted(kind: string, destination: string): MountFacts {
  return { kind, destination, readOnly: false, noexec: false };
}
