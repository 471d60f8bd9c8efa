import { DEFAULT_PATH } from '../image/default-path.ts';
import { formatPlatform, samePlatform } from '../image/platform.ts';
import type { FileTree } from '../kernel/file-tree.ts';
import { answerOf, ProbeError } from '../playbook/answer.ts';
import type { FailingStart } from '../playbook/blast-radius.ts';
import type { NodeGroup } from '../playbook/evidence.ts';
import { faultOf } from '../playbook/fault-of.ts';
import { underMounts } from '../playbook/mounted-tree.ts';
import { argvOf, type OtherStart } from '../playbook/other-workloads.ts';
import type { ImageSource } from '../ports/image-source.ts';
import { predictStartOnce } from './predict-start.ts';

/** The kernel model's answer for one start on all kinds of its nodes. */
export interface OtherJudgement {
  readonly failing: readonly FailingStart[];
  /** Why nothing can be told for some of the nodes; null when all could be judged. */
  readonly unread: string | null;
}

/** Says which kinds of node would refuse a start: what they would pull now, started as the workload says. */
export async function judgeOther(start: OtherStart, images: ImageSource, signal: AbortSignal): Promise<OtherJudgement> {
  const failing: FailingStart[] = [];
  let unread: string | null = null;
  for (const group of start.groups) {
    const answer = await answerOf(() => judgeOn(start, group, images, signal));
    if (answer.kind === 'probe-failed') unread ??= `${answer.why.target}: ${answer.why.message}`;
    else if (answer.value) failing.push(answer.value);
  }
  return { failing, unread };
}

/** Null when it runs there. Rejects with ProbeError when that cannot be told. */
async function judgeOn(
  start: OtherStart,
  { host, count }: NodeGroup,
  images: ImageSource,
  signal: AbortSignal,
): Promise<FailingStart | null> {
  const { workloads, image } = start;
  const platform = formatPlatform(host.platform);
  const of = { workloads, image, platform, nodes: count };
  const published = await images.resolve(image, signal);
  if (published.kind === 'probe-failed') throw new ProbeError(published.why);
  const lacks =
    published.value.kind === 'index' &&
    !published.value.entries.some((entry) => entry.platform && samePlatform(entry.platform, host.platform));
  if (lacks) return { ...of, fault: 'platform-missing-from-index', because: `the index has nothing for ${platform}` };
  const opened = await images.open(image, host.platform, signal);
  if (opened.kind === 'probe-failed') throw new ProbeError(opened.why);
  const { config, files } = opened.value;
  if (config.platform.os !== host.platform.os && config.platform.os !== 'unknown')
    return { ...of, fault: 'os-mismatch', because: `the image is for ${formatPlatform(config.platform)}` };
  if (host.platform.os !== 'linux') throw unjudged(image, `what ${host.platform.os} makes of it is not modelled`);
  const argv = argvOf(start.overrides, config);
  const [program] = argv;
  if (!program || program.includes('$(')) throw unjudged(image, 'what is started is not said in its image or its pod');
  const outcome = await predictStartOnce(underMounts(files, hidden(image), start.mounts), host, {
    argv,
    path: start.overrides.path ?? config.path ?? DEFAULT_PATH,
    workingDir: start.overrides.workingDir || config.workingDir || '/',
    user: start.overrides.user ?? config.user,
  });
  if (outcome.outcome === 'runs') return null;
  return { ...of, fault: faultOf(outcome.fault, config.platform, host.platform), because: outcome.because };
}

/** What lies in a volume is not the image's, and is read from nowhere. */
function hidden(image: string): FileTree {
  const refuse = (path: string) => Promise.reject(unjudged(image, `${path} lies in a volume`));
  return { lstat: refuse, read: refuse };
}

const unjudged = (target: string, message: string) =>
  new ProbeError({ code: 'unsupported', target, message: `${message}.` });
