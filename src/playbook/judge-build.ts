import { architectureInName } from './architecture-words.ts';
import type { BuildEvidence } from './build-evidence.ts';
import type { ArchitectureClaim, BuildLog } from './build-log.ts';
import { imageArchitecture } from './hosted-runners.ts';
import type { Confidence } from './verdict.ts';

/** Where a build ran, and what contradicts that. */
export interface BuildJudgement {
  /** Of the machine that ran the build, by its GOARCH name; null when nothing tells. */
  readonly architecture: string | null;
  /** What it is known from, from the strongest to the weakest. */
  readonly knownFrom: 'ci-server' | 'runner-label' | 'runner-name' | 'log-measurement' | 'log-claim' | null;
  readonly confidence: Confidence;
  /** One clause: `the CI server knows the runner corp-arm64-02 as arm64`. */
  readonly because: string;
  /** The platforms that the build asked for (`--platform`), as GOARCH names; empty: what its machine is. */
  readonly asked: readonly string[];
  /** Each a sentence that names both sides. */
  readonly contradictions: readonly string[];
}

type Source = Pick<BuildJudgement, 'knownFrom' | 'because'> & { readonly architecture: string };

/** Executors that hand the job to another machine than the one that the runner itself is on. */
const ELSEWHERE = ['kubernetes', 'docker+machine', 'docker-autoscaler', 'instance', 'ssh', 'custom', 'virtualbox'];

/**
 * Judges which architecture a build really ran on. What the CI server knows of the runner wins, then the runner's labels and
 * name; what the log says comes last, because whoever wrote the script chose the words. Unknown stays unknown.
 */
export function judgeBuild(evidence: BuildEvidence): BuildJudgement {
  const log = evidence.log.kind === 'known' ? evidence.log.value : null;
  const sources = sourcesOf(evidence, log);
  const first = sources[0];
  const asked = [...new Set((log?.claims ?? []).filter(({ kind }) => kind === 'asked').map((one) => one.architecture))];
  if (!first) {
    const because = evidence.job.runner?.unknownBecause ?? 'neither the CI server nor the log says where it ran';
    return { architecture: null, knownFrom: null, confidence: 'possible', because, asked, contradictions: [] };
  }
  const weak = first.knownFrom === 'log-claim' || first.knownFrom === 'log-measurement';
  return {
    architecture: first.architecture,
    knownFrom: first.knownFrom,
    confidence: weak ? 'possible' : 'likely',
    because: first.because,
    asked,
    contradictions: sources
      .slice(1)
      .filter(({ architecture }) => architecture !== first.architecture)
      .map((other) => `${capital(other.because)}, but ${first.because}.${explain(other, first, asked)}`),
  };
}

/** All that tells of the machine, the strongest first. */
function sourcesOf({ job, ci }: BuildEvidence, log: BuildLog | null): readonly Source[] {
  const name = job.runner?.name || log?.runnerName || null;
  const server = job.runner?.architecture ?? null;
  const known: Source[] = server
    ? [{ architecture: server, knownFrom: 'ci-server', because: `${ci} knows the runner ${name} as ${server}` }]
    : [];
  const named = namedSources(job.runner?.labels ?? [], name, log);
  // The manager of such an executor may well be another machine than the one that built.
  const elsewhere = log?.executor != null && ELSEWHERE.includes(log.executor);
  return [...(elsewhere ? [...named, ...known] : [...known, ...named]), ...logSources(log)];
}

function namedSources(labels: readonly string[], name: string | null, log: BuildLog | null): readonly Source[] {
  const sources: Source[] = [];
  const ofLabels = new Set(labels.map(architectureInName).filter((found) => found !== null));
  const label = labels.find((one) => architectureInName(one) !== null);
  const [only] = ofLabels;
  if (ofLabels.size === 1 && only !== undefined)
    sources.push({ architecture: only, knownFrom: 'runner-label', because: `the runner has the label ${label}` });
  for (const called of new Set([name, log?.machineName, log?.runnerName])) {
    const architecture = called == null ? null : architectureInName(called);
    if (architecture === null) continue;
    sources.push({
      architecture,
      knownFrom: 'runner-name',
      because: `${called === log?.machineName ? 'the machine' : 'the runner'} ${called} is ${architecture} by its name`,
    });
  }
  const image = log?.runnerImage ?? null;
  const hosted = image === null ? null : imageArchitecture(image);
  if (hosted !== null)
    sources.push({
      architecture: hosted,
      knownFrom: 'runner-name',
      because: `the runner’s image ${image} is ${hosted}`,
    });
  return sources;
}

function logSources(log: BuildLog | null): readonly Source[] {
  const source = ({ kind, architecture, line }: ArchitectureClaim): Source => ({
    architecture,
    knownFrom: kind === 'measured' ? 'log-measurement' : 'log-claim',
    because:
      kind === 'measured'
        ? `line ${line.number} of the log measured ${architecture}`
        : `line ${line.number} of the log says ${quoted(line.text)}`,
  });
  const claims = log?.claims ?? [];
  const measured = claims.filter(({ kind }) => kind === 'measured');
  // Several platforms in words tell what was built, not where.
  const said = claims.filter(({ kind }) => kind === 'said');
  return [...measured, ...(said.length === 1 ? said : [])].map(source);
}

function explain(other: Source, first: Source, asked: readonly string[]): string {
  if (asked.includes(other.architecture) && !asked.includes(first.architecture))
    return ` The build asked for ${other.architecture}, so it was emulated or cross-built there.`;
  return other.knownFrom === 'log-claim' ? ' The words of a log prove nothing: a script printed them.' : '';
}

const quoted = (text: string) => `“${text.length > 120 ? `${text.slice(0, 119)}…` : text}”`;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
