import { type Answer, ProbeError } from './answer.ts';
import type { BuildEvidence, BuildJob, BuildMatch, BuildQuestion } from './build-evidence.ts';
import type { BuildLog } from './build-log.ts';

/** Runs of pipelines that might be the one. */
export type RunFilter =
  | { readonly kind: 'revision'; readonly revision: string }
  | { readonly kind: 'tag'; readonly tag: string }
  /** Those that may have been running at `at`, the likeliest first. */
  | { readonly kind: 'time'; readonly ref: string | null; readonly at: Date }
  | { readonly kind: 'latest'; readonly ref: string | null };

export type ListedRun = BuildEvidence['run'];

/** What a CI server lists, newest first where nothing else is said. Rejects with ProbeError. */
export interface BuildListing<J extends BuildJob> {
  runs(filter: RunFilter): Promise<readonly ListedRun[]>;
  jobs(run: ListedRun): Promise<readonly J[]>;
  log(job: J): Promise<Answer<BuildLog>>;
}

export type FoundBuild<J extends BuildJob = BuildJob> = Pick<BuildEvidence, 'matchedBy' | 'run' | 'log'> & {
  readonly job: J;
};

const MOST_RUNS_OF_A_KIND = 5;
const MOST_JOBS_OF_A_RUN = 4;
const MOST_LOGS = 12;
/** Clocks differ, and `created` of an image may be set before its layers are made. */
const SLACK_MS = 120_000;
const LIKELY_NAME = /build|image|docker|container|package|publish|release|push/i;

/**
 * Looks for the build of an image, by what is surest first. A log that names the digest ends the search; of the others the first
 * counts. Null when none is a build. Asks for a bounded number of runs, jobs and logs.
 */
export async function findBuild<J extends BuildJob>(
  listing: BuildListing<J>,
  question: BuildQuestion,
): Promise<FoundBuild<J> | null> {
  const search: Search<J> = { listing, question, seen: new Set(), logs: 0, best: null };
  try {
    for (const filter of filtersOf(question)) {
      const named = await searchRuns(search, filter);
      if (named !== null) return named;
      if (search.best !== null && isSettled(search.best, question)) break;
    }
  } catch (error) {
    // What was found before the server or the time gave out is worth more than nothing.
    if (search.best === null || !(error instanceof ProbeError)) throw error;
  }
  return search.best;
}

interface Search<J extends BuildJob> {
  readonly listing: BuildListing<J>;
  readonly question: BuildQuestion;
  readonly seen: Set<string>;
  logs: number;
  best: FoundBuild<J> | null;
}

/** Looks at the runs of one kind; gives the one whose log names the digest, and remembers the first that may be it otherwise. */
async function searchRuns<J extends BuildJob>(search: Search<J>, filter: RunFilter): Promise<FoundBuild<J> | null> {
  const { listing, question, seen } = search;
  const runs = (await listing.runs(filter)).filter(({ id }) => !seen.has(id)).slice(0, MOST_RUNS_OF_A_KIND);
  for (const run of runs) {
    seen.add(run.id);
    for (const job of candidates(await listing.jobs(run), question)) {
      if (search.logs >= MOST_LOGS) return null;
      search.logs += 1;
      const found: FoundBuild<J> = { matchedBy: filter.kind, run, job, log: await listing.log(job) };
      if (namesDigest(found, question)) return { ...found, matchedBy: 'digest' };
      if (search.best === null && mayBe(found, question)) search.best = found;
    }
  }
  return null;
}

function filtersOf({ revision, tag, ref, builtAt }: BuildQuestion): readonly RunFilter[] {
  return [
    ...(revision === null ? [] : [{ kind: 'revision', revision } as const]),
    ...(tag === null ? [] : [{ kind: 'tag', tag } as const]),
    ...(builtAt === null ? [] : [{ kind: 'time', ref, at: builtAt } as const]),
    // Not every image is built on the usual branch.
    ...(builtAt === null || ref === null ? [] : [{ kind: 'time', ref: null, at: builtAt } as const]),
    // The latest build says nothing of an image that is known to be older.
    ...(builtAt === null ? [{ kind: 'latest', ref } as const] : []),
  ];
}

/** The jobs of a run that may have built it: the one that is named, or all that ran, the likely ones first. */
function candidates<J extends BuildJob>(jobs: readonly J[], { job: wanted, builtAt }: BuildQuestion): readonly J[] {
  const ran = jobs.filter(({ startedAt }) => startedAt !== null);
  const named = wanted === null ? ran : ran.filter(({ name }) => isJob(name, wanted));
  const rank = (job: BuildJob) => (wasRunning(job, builtAt) ? 0 : 2) + (LIKELY_NAME.test(job.name) ? 0 : 1);
  return [...named].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_JOBS_OF_A_RUN);
}

/** Whether a job is the named one, or one of those that a matrix made of it: `build 1/2`, `build: [arm64]`, `build (arm64)`, `build / push`. */
export function isJob(name: string, wanted: string): boolean {
  return name === wanted || (name.startsWith(wanted) && /^(?::? [[(\d]| \/ )/.test(name.slice(wanted.length)));
}

function wasRunning({ startedAt, finishedAt }: BuildJob, at: Date | null): boolean {
  if (at === null || startedAt === null) return true;
  const end = finishedAt === null ? Number.POSITIVE_INFINITY : Date.parse(finishedAt);
  return Date.parse(startedAt) - SLACK_MS <= at.getTime() && at.getTime() <= end + SLACK_MS;
}

function namesDigest({ log }: FoundBuild, { digest }: BuildQuestion): boolean {
  return digest !== null && log.kind === 'known' && log.value.pushed.some((image) => image.digest === digest);
}

function mayBe({ log, job, matchedBy }: FoundBuild, { job: wanted, builtAt, digest }: BuildQuestion): boolean {
  if (matchedBy === 'time' && !wasRunning(job, builtAt)) return false;
  // A guess by time is worth nothing against a log that says it pushed something else.
  const isGuess = matchedBy === 'time' || matchedBy === 'latest';
  if (isGuess && digest !== null && log.kind === 'known' && log.value.pushed.length > 0) return false;
  if (wanted !== null) return true;
  if (log.kind === 'known') return log.value.commands.length > 0 || log.value.pushed.length > 0;
  // Logs expire long before images do; what the job is called has to do then.
  return LIKELY_NAME.test(job.name);
}

/** Nothing surer can come: no digest is looked for, or the log names none at all. */
function isSettled({ log, matchedBy }: FoundBuild, { digest }: BuildQuestion): boolean {
  const sure: readonly BuildMatch[] = ['revision', 'tag'];
  return digest === null || (sure.includes(matchedBy) && (log.kind !== 'known' || log.value.pushed.length === 0));
}
