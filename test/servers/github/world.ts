/** A machine that runs jobs. */
export interface Runner {
  readonly id: number;
  readonly name: string;
  /** `GitHub Actions`: one of GitHub's own. */
  readonly group: string;
  /** What a job may ask for; of a self-hosted one X64, ARM64 … and the system are its own, the others chosen. */
  readonly labels: readonly string[];
  readonly architecture: string;
  readonly os: string;
}

export interface JobScript {
  readonly name: string;
  /** `runs-on`; `${{ inputs.NAME }}` is filled in. */
  readonly runsOn: readonly string[];
  readonly needs?: string;
  /** An environment that a person has to approve. */
  readonly waits?: boolean;
  readonly fails?: boolean;
  /** What its steps print on a machine. */
  readonly log?: (on: { readonly runner: Runner; readonly run: Run }) => readonly string[];
}

/** A file below `.github/workflows`. */
export interface Workflow {
  readonly id: number;
  readonly file: string;
  readonly name: string;
  readonly state: string;
  /** `on.workflow_dispatch.inputs` with their defaults; null: without that trigger. */
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>> | null;
  /** `run-name`, with `${{ inputs.NAME }}` filled in. */
  readonly runName: string | null;
  readonly jobs: readonly JobScript[];
}

export interface Job {
  readonly id: number;
  readonly script: JobScript;
  status: 'queued' | 'waiting' | 'in_progress' | 'completed';
  conclusion: string | null;
  startedAt: Date | null;
  completedAt: Date | null;
  runner: Runner | null;
  log: string;
}

export interface Run {
  readonly id: number;
  readonly workflow: Workflow;
  readonly branch: string;
  readonly sha: string;
  readonly event: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly jobs: Job[];
  /** How many times it is left out of lists yet: a dispatched run appears some seconds later. */
  hidden: number;
}

export interface Repository {
  readonly id: number;
  /** `owner/name` */
  readonly path: string;
  readonly defaultBranch: string;
  readonly refs: Map<string, string>;
  readonly workflows: readonly Workflow[];
  readonly runs: Run[];
}

export interface World {
  readonly repositories: Repository[];
  readonly runners: Runner[];
  serial(): number;
  now(): Date;
}

export function createWorld(now: () => Date): World {
  let serial = 7_000;
  return { repositories: [], runners: [], now, serial: () => ++serial };
}

const filledIn = (text: string, inputs: Readonly<Record<string, string>>) =>
  text.replace(/\$\{\{\s*inputs\.(\w+)\s*\}\}/g, (_, name: string) => inputs[name] ?? '');

export function titleOf({ workflow, inputs }: Run): string {
  return workflow.runName === null ? workflow.name : filledIn(workflow.runName, inputs);
}

export const labelsOf = (run: Run, { script }: Job) => script.runsOn.map((label) => filledIn(label, run.inputs));

export function createRun(
  world: World,
  repository: Repository,
  set: Pick<Run, 'workflow' | 'branch' | 'sha' | 'event' | 'inputs' | 'hidden'>,
): Run {
  const jobs = set.workflow.jobs.map((script): Job => {
    const never = { startedAt: null, completedAt: null, runner: null, log: '' };
    return { id: world.serial(), script, status: 'queued', conclusion: null, ...never };
  });
  const run = { ...set, id: world.serial(), createdAt: world.now(), jobs };
  repository.runs.push(run);
  return run;
}

/** `status` and `conclusion` of a run. */
export function statusOf({ jobs }: Run): { readonly status: string; readonly conclusion: string | null } {
  if (jobs.every(({ status }) => status === 'completed')) {
    const ends = jobs.map(({ conclusion }) => conclusion);
    return { status: 'completed', conclusion: ['cancelled', 'failure'].find((end) => ends.includes(end)) ?? 'success' };
  }
  if (jobs.some(({ status }) => status === 'in_progress')) return { status: 'in_progress', conclusion: null };
  if (jobs.some(({ status }) => status === 'waiting')) return { status: 'waiting', conclusion: null };
  return { status: jobs.some(({ status }) => status === 'completed') ? 'in_progress' : 'queued', conclusion: null };
}

/** Every job that can goes one state further. */
export function step(world: World): void {
  for (const { runs } of world.repositories)
    for (const run of runs) for (const job of run.jobs) stepJob(world, run, job);
}

function stepJob(world: World, run: Run, job: Job): void {
  if (job.status === 'in_progress') {
    const conclusion = job.script.fails ? 'failure' : 'success';
    Object.assign(job, { status: 'completed', conclusion, completedAt: world.now() });
    job.log += lines(
      world,
      job.script.fails ? ['##[error]Process completed with exit code 1.'] : ['Cleaning up orphan processes'],
    );
    return;
  }
  if (job.status !== 'queued') return;
  const before = run.jobs.find(({ script }) => script.name === job.script.needs);
  if (before && before.status !== 'completed') return;
  if (before && before.conclusion !== 'success') {
    Object.assign(job, { status: 'completed', conclusion: 'skipped', completedAt: world.now() });
    return;
  }
  if (job.script.waits) {
    job.status = 'waiting';
    return;
  }
  const labels = labelsOf(run, job).map((label) => label.toLowerCase());
  const runner = world.runners.find((one) =>
    labels.every((label) => one.labels.some((own) => own.toLowerCase() === label)),
  );
  if (!runner) return;
  Object.assign(job, { status: 'in_progress', runner, startedAt: world.now() });
  job.log = `\uFEFF${lines(world, logOf(run, job, runner))}`;
}

const lines = (world: World, all: readonly string[]) =>
  all.map((line) => `${world.now().toISOString().replace('Z', '0000Z')} ${line}\n`).join('');

/** As the runner of GitHub writes it. */
function logOf(run: Run, job: Job, runner: Runner): string[] {
  const hosted = runner.group === 'GitHub Actions';
  const printed = job.script.log?.({ runner, run }) ?? [];
  return [
    "Current runner version: '2.336.0'",
    ...(hosted
      ? ['##[group]Runner Image', `Image: ${runner.labels[0]}`, '##[endgroup]']
      : [`Runner name: '${runner.name}'`, `Runner group name: '${runner.group}'`, "Machine name: 'ip-10-0-0-7'"]),
    ...printed.map((line) => (line.startsWith('$ ') ? `##[group]Run ${line.slice(2)}` : line)),
  ];
}
