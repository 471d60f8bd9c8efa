import { jobDocument, runDocument, runnerDocument, workflowDocument } from './documents.ts';
import { forbidden, missing, ok, page, type Reply, refuse } from './reply.ts';
import { createRun, type Repository, type Run, statusOf, type Workflow, type World } from './world.ts';

/** A fine-grained token, and what it may do. */
export interface Token {
  readonly value: string;
  readonly actions: 'read' | 'write';
  readonly administration: boolean;
  /** Paths of repositories; what is not listed is hidden. */
  readonly repositories: readonly string[];
}

export interface Call {
  readonly method: string;
  readonly url: URL;
  /** Below the API's address, split at the slashes, decoded. */
  readonly parts: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
  readonly token: Token | null;
}

export interface Github {
  readonly world: World;
  /** For `html_url`. */
  readonly origin: () => string;
  /** Knows `return_run_details`, as github.com does since 2026. */
  readonly tellsRuns: boolean;
  /** How many lists a dispatched run is missing from. */
  readonly appearsAfter: number;
  /** A fresh address of a job's log at the storage. */
  logUrl(job: number): string;
}

/** Answers one call of the REST API. */
export function answer(github: Github, call: Call): Reply {
  const { parts, token } = call;
  const [kind, owner = '', name = '', actions, what] = parts;
  if (kind === 'orgs' && parts[2] === 'actions' && parts[3] === 'runners')
    return answerRunner(github, call, parts[4] ?? '');
  const repository = github.world.repositories.find(({ path }) => path === `${owner}/${name}`);
  if (kind !== 'repos' || !repository || !token?.repositories.includes(repository.path)) return missing;
  if (actions === undefined)
    return ok({ id: repository.id, full_name: repository.path, default_branch: repository.defaultBranch });
  if (actions !== 'actions') return missing;
  if (call.method === 'POST' && token.actions !== 'write') return forbidden('actions=write');
  if (what === 'runners') return answerRunner(github, call, parts[5] ?? '');
  if (what === 'workflows') return answerWorkflow(github, call, repository);
  if (what === 'runs') return answerRun(github, call, repository);
  if (what === 'jobs' && parts[6] === 'logs') return answerLog(github, repository, parts[5] ?? '');
  return missing;
}

function answerRunner({ world }: Github, { token }: Call, id: string): Reply {
  if (!token?.administration) return forbidden('administration=read');
  const runner = world.runners.find((one) => String(one.id) === id && one.group !== 'GitHub Actions');
  return runner ? ok(runnerDocument(runner)) : missing;
}

function answerWorkflow(github: Github, call: Call, repository: Repository): Reply {
  const [, , , , , id, below] = call.parts;
  if (id === undefined) return page(call.url, 'workflows', repository.workflows.map(workflowDocument));
  const workflow = repository.workflows.find((one) => one.file === id || String(one.id) === id);
  if (!workflow) return missing;
  if (below === 'runs') return listRuns(github, call, repository, workflow);
  if (below === 'dispatches' && call.method === 'POST') return dispatch(github, call, repository, workflow);
  return below === undefined ? ok(workflowDocument(workflow)) : missing;
}

const KNOWN_KEYS = ['ref', 'inputs', 'return_run_details'];

function dispatch(
  { world, tellsRuns, appearsAfter, origin }: Github,
  { body }: Call,
  repository: Repository,
  workflow: Workflow,
): Reply {
  const known = tellsRuns ? KNOWN_KEYS : KNOWN_KEYS.slice(0, 2);
  const odd = Object.keys(body).find((key) => !known.includes(key));
  if (odd !== undefined) return refuse(422, `Invalid request.\n\n"${odd}" is not a permitted key.`);
  if (typeof body.ref !== 'string') return refuse(422, `Invalid request.\n\n"ref" wasn't supplied.`);
  const sha = repository.refs.get(body.ref);
  if (sha === undefined) return refuse(422, `No ref found for: ${body.ref}`);
  const declared = workflow.inputs;
  if (declared === null) return refuse(422, "Workflow does not have 'workflow_dispatch' trigger");
  const given = (body.inputs ?? {}) as Record<string, string>;
  const unexpected = Object.keys(given).filter((key) => !Object.hasOwn(declared, key));
  if (unexpected.length > 0) return refuse(422, `Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  const left = Object.keys(declared).find((key) => declared[key]?.required && given[key] === undefined);
  if (left !== undefined) return refuse(422, `Required input '${left}' not provided`);
  const defaults = Object.fromEntries(Object.entries(declared).map(([key, input]) => [key, input.default ?? '']));
  const set = { workflow, branch: body.ref, sha, event: 'workflow_dispatch', inputs: { ...defaults, ...given } };
  const run = createRun(world, repository, { ...set, hidden: appearsAfter });
  if (body.return_run_details !== true) return { status: 204 };
  const url = `${origin()}/repos/${repository.path}/actions/runs/${run.id}`;
  return ok({ workflow_run_id: run.id, run_url: url, html_url: runDocument(origin(), repository, run).html_url });
}

function listRuns({ origin }: Github, { url }: Call, repository: Repository, workflow: Workflow | null): Reply {
  const query = Object.fromEntries(url.searchParams);
  const found = repository.runs
    .filter((run) => run.hidden-- <= 0)
    .filter((run) => workflow === null || run.workflow === workflow)
    .filter((run) => query.branch === undefined || run.branch === query.branch)
    .filter((run) => query.head_sha === undefined || run.sha === query.head_sha)
    .filter((run) => query.event === undefined || run.event === query.event)
    .filter((run) => query.created === undefined || isWithin(run.createdAt, query.created));
  return page(
    url,
    'workflow_runs',
    found.reverse().map((run) => runDocument(origin(), repository, run)),
  );
}

/** GitHub's search syntax for dates, as far as it is used: `>=` and `<=`. */
function isWithin(at: Date, range: string): boolean {
  const [, sign, date = ''] = /^(>=|<=)(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/.exec(range) ?? [];
  if (sign === undefined) throw new Error(`the range ${range} is not understood`);
  return sign === '>=' ? at >= new Date(date) : at <= new Date(date);
}

function answerRun(github: Github, call: Call, repository: Repository): Reply {
  const [, , , , , id, below] = call.parts;
  if (id === undefined) return listRuns(github, call, repository, null);
  const run = repository.runs.find((one) => String(one.id) === id);
  if (!run) return missing;
  if (below === undefined) return ok(runDocument(github.origin(), repository, run));
  if (below === 'jobs')
    return page(
      call.url,
      'jobs',
      run.jobs.map((job) => jobDocument(github.origin(), repository, run, job)),
    );
  return below === 'cancel' && call.method === 'POST' ? cancel(github, run) : missing;
}

function cancel({ world }: Github, run: Run): Reply {
  if (statusOf(run).status === 'completed') return refuse(409, 'Cannot cancel a workflow run that is completed.');
  for (const job of run.jobs)
    if (job.status !== 'completed')
      Object.assign(job, { status: 'completed', conclusion: 'cancelled', completedAt: world.now() });
  return ok({}, 202);
}

/** The log is kept elsewhere, and only once the job is over. */
function answerLog({ logUrl }: Github, { runs }: Repository, id: string): Reply {
  const job = runs.flatMap(({ jobs }) => jobs).find((one) => String(one.id) === id);
  if (job?.status !== 'completed' || job.log === '') return missing;
  return { status: 302, headers: { location: logUrl(job.id) } };
}
