/** A runner, as its administrator sees it. */
export interface Runner {
  readonly id: number;
  readonly description: string;
  readonly tags: readonly string[];
  readonly architecture: string;
  readonly platform: string;
}

/** What stands in `.gitlab-ci.yml` of one job. */
export interface JobScript {
  readonly name: string;
  readonly stage?: string;
  /** `$NAME` is replaced by the pipeline's variable, as GitLab does. */
  readonly tags?: readonly string[];
  readonly manual?: boolean;
  readonly fails?: boolean;
  /** What its script prints on a runner. */
  readonly log?: (on: LogContext) => readonly string[];
}

export interface LogContext {
  readonly runner: Runner;
  readonly pipeline: Pipeline;
  readonly variable: (name: string) => string;
}

export interface Job {
  readonly id: number;
  readonly script: JobScript;
  status: string;
  startedAt: Date | null;
  finishedAt: Date | null;
  runner: Runner | null;
  trace: string;
}

export interface Pipeline {
  readonly id: number;
  readonly ref: string;
  readonly sha: string;
  readonly source: string;
  /** The user that started it. */
  readonly user: string;
  readonly variables: readonly { readonly key: string; readonly value: string }[];
  readonly createdAt: Date;
  readonly jobs: Job[];
  updatedAt: Date;
}

export interface Project {
  readonly id: number;
  readonly path: string;
  readonly defaultBranch: string;
  /** Branches and tags, with their commits. */
  readonly refs: Map<string, string>;
  readonly script: readonly JobScript[];
  /** The file's own `variables:`. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Settings → CI/CD → “Minimum role to use pipeline variables” admits the role Developer. */
  readonly allowsVariables: boolean;
  readonly pipelines: Pipeline[];
}

export interface World {
  readonly projects: Project[];
  readonly runners: Runner[];
  serial(): number;
  now(): Date;
}

const STAGES = ['build', 'test', 'deploy'];
const OVER = ['success', 'failed', 'canceled', 'skipped'];
export const isOver = (status: string) => OVER.includes(status);

export function createWorld(now: () => Date): World {
  let serial = 100;
  return { projects: [], runners: [], now, serial: () => ++serial };
}

/** As GitLab sums up the jobs of a pipeline (`Gitlab::Ci::Status::Composite`). */
export function statusOf({ jobs }: Pipeline): string {
  const states = jobs.map(({ status }) => status);
  if (states.every((state) => state === 'created')) return 'created';
  if (states.every(isOver))
    return ['failed', 'canceled', 'success'].find((state) => states.includes(state)) ?? 'skipped';
  if (states.includes('running')) return 'running';
  if (states.includes('manual') && !states.includes('pending')) return 'manual';
  return states.some(isOver) ? 'running' : 'pending';
}

export function createPipeline(
  world: World,
  project: Project,
  set: Pick<Pipeline, 'ref' | 'sha' | 'source' | 'user' | 'variables'>,
): Pipeline {
  const jobs = project.script.map((script) => ({
    id: world.serial(),
    script,
    status: 'created',
    startedAt: null,
    finishedAt: null,
    runner: null,
    trace: '',
  }));
  const pipeline = { ...set, id: world.serial(), createdAt: world.now(), updatedAt: world.now(), jobs };
  project.pipelines.push(pipeline);
  return pipeline;
}

/** Every job that can goes one state further: created → pending or manual → running → success or failed. */
export function step(world: World): void {
  for (const project of world.projects) {
    for (const pipeline of project.pipelines) {
      const before = pipeline.jobs.map(({ status }) => status).join();
      for (const job of [...pipeline.jobs]) stepJob(world, project, pipeline, job);
      if (pipeline.jobs.map(({ status }) => status).join() !== before) pipeline.updatedAt = world.now();
    }
  }
}

function stepJob(world: World, project: Project, pipeline: Pipeline, job: Job): void {
  const stage = STAGES.indexOf(job.script.stage ?? 'build');
  const earlier = pipeline.jobs.filter(({ script }) => STAGES.indexOf(script.stage ?? 'build') < stage);
  if (job.status === 'created') {
    if (earlier.some(({ status }) => ['failed', 'canceled', 'skipped'].includes(status))) job.status = 'skipped';
    else if (earlier.every(({ status }) => status === 'success')) job.status = job.script.manual ? 'manual' : 'pending';
  } else if (job.status === 'pending') {
    const runner = runnerFor(world, project, pipeline, job);
    if (runner === null) return;
    Object.assign(job, { status: 'running', runner, startedAt: world.now() });
    job.trace = traceOf(project, pipeline, job, runner);
  } else if (job.status === 'running') {
    Object.assign(job, { status: job.script.fails ? 'failed' : 'success', finishedAt: world.now() });
    job.trace += job.script.fails
      ? '\u001b[31;1mERROR: Job failed: exit code 1\n\u001b[0;m'
      : '\u001b[32;1mJob succeeded\n\u001b[0;m';
  }
}

const variableOf = (project: Project, pipeline: Pipeline) => (name: string) =>
  pipeline.variables.find(({ key }) => key === name)?.value ?? project.defaults[name] ?? '';

/** The tags that a job asks for, variables filled in; an empty one is left out. */
export function tagsOf(project: Project, pipeline: Pipeline, { script }: Job): string[] {
  const variable = variableOf(project, pipeline);
  return (script.tags ?? [])
    .map((tag) => tag.replace(/\$(\w+)/g, (_, name: string) => variable(name)))
    .filter((tag) => tag !== '');
}

function runnerFor(world: World, project: Project, pipeline: Pipeline, job: Job): Runner | null {
  const tags = tagsOf(project, pipeline, job);
  return world.runners.find((runner) => tags.every((tag) => runner.tags.includes(tag))) ?? null;
}

/** As gitlab-runner writes it: colours, and sections that end their markers with a carriage return. */
function traceOf(project: Project, pipeline: Pipeline, job: Job, runner: Runner): string {
  const at = Math.floor((job.startedAt ?? new Date(0)).getTime() / 1000);
  const section = (name: string, title: string) =>
    `section_start:${at}:${name}\r\u001b[0K\u001b[0K\u001b[36;1m${title}\u001b[0;m\u001b[0;m`;
  const lines = job.script.log?.({ runner, pipeline, variable: variableOf(project, pipeline) }) ?? [];
  return [
    '\u001b[0KRunning with gitlab-runner 17.5.3 (12345678)\u001b[0;m',
    `\u001b[0K  on ${runner.description} seEosqdXy, system ID: r_Uy8vX4NqW6MQ\u001b[0;m`,
    section('prepare_executor', 'Preparing the "docker" executor'),
    `section_end:${at}:prepare_executor\r\u001b[0K${section('prepare_script', 'Preparing environment')}`,
    `Running on runner-seeosqdxy-project-${project.id}-concurrent-0 via ${runner.description}.corp.io...`,
    `section_end:${at}:prepare_script\r\u001b[0K${section('step_script', 'Executing "step_script" stage of the job script')}`,
    ...lines.map((line) => (line.startsWith('$ ') ? `\u001b[32;1m${line}\u001b[0;m` : line)),
    `section_end:${at}:step_script\r\u001b[0K`,
    '',
  ].join('\n');
}
