import { jobDocument, pipelineDocument, runnerDocument } from './documents.ts';
import { forbidden, missing, ok, page, type Reply, refuse, unauthorized } from './reply.ts';
import { createPipeline, isOver, type Job, type Pipeline, type Project, statusOf, type World } from './world.ts';

export type Role = 'reporter' | 'developer' | 'maintainer';

/** An access token, and what it may do. */
export interface Token {
  readonly value: string;
  readonly scope: 'api' | 'read_api';
  readonly role: Role;
  readonly user: string;
  /** Paths of projects; what is not listed is hidden. */
  readonly projects: readonly string[];
  readonly expired?: boolean;
}

export interface Call {
  readonly method: string;
  readonly url: URL;
  /** Below `/api/v4`, split at the slashes, decoded. */
  readonly parts: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
  readonly token: Token | null;
}

export interface Gitlab {
  readonly origin: () => string;
  readonly world: World;
  /** 17.1 and later. */
  readonly newer: boolean;
}

const atLeast = (token: Token | null, role: Role) =>
  token !== null &&
  ['reporter', 'developer', 'maintainer'].indexOf(token.role) >= ['reporter', 'developer', 'maintainer'].indexOf(role);

/** Answers one call of the REST API. */
export function answer(gitlab: Gitlab, call: Call): Reply {
  const { parts, token, method } = call;
  if (token?.expired)
    return {
      status: 401,
      body: {
        error: 'invalid_token',
        error_description: 'Token is expired. You can either do re-authorization or token refresh.',
      },
    };
  if (method === 'POST' && token === null) return unauthorized;
  if (method === 'POST' && token?.scope !== 'api')
    return {
      status: 403,
      body: {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges than provided by the access token.',
        scope: 'api',
      },
    };
  if (parts[0] === 'runners') return answerRunner(gitlab, call);
  const project = gitlab.world.projects.find(({ path, id }) => path === parts[1] || String(id) === parts[1]);
  if (parts[0] !== 'projects') return missing();
  if (!project || !token?.projects.includes(project.path)) return missing('Project');
  return answerProject(gitlab, call, project);
}

function answerRunner({ world }: Gitlab, { token, parts }: Call): Reply {
  if (token === null) return unauthorized;
  const runner = world.runners.find(({ id }) => String(id) === parts[1]);
  if (!runner) return missing();
  return atLeast(token, 'maintainer') ? ok(runnerDocument(runner)) : forbidden();
}

function answerProject(gitlab: Gitlab, call: Call, project: Project): Reply {
  const [, , kind, id] = call.parts;
  if (kind === undefined)
    return ok({ id: project.id, path_with_namespace: project.path, default_branch: project.defaultBranch });
  if (kind === 'pipeline' && call.method === 'POST') return create(gitlab, call, project);
  if (kind === 'pipelines' && id === undefined) return listPipelines(gitlab, call, project);
  if (kind === 'pipelines') {
    const pipeline = project.pipelines.find((one) => String(one.id) === id);
    return pipeline ? answerPipeline(gitlab, call, project, pipeline) : missing();
  }
  if (kind !== 'jobs') return missing();
  const pipeline = project.pipelines.find(({ jobs }) => jobs.some((job) => String(job.id) === id));
  const job = pipeline?.jobs.find((one) => String(one.id) === id);
  return pipeline && job ? answerJob(gitlab, call, project, pipeline, job) : missing();
}

function create({ world, origin }: Gitlab, { body, token }: Call, project: Project): Reply {
  if (typeof body.ref !== 'string') return { status: 400, body: { error: 'ref is missing' } };
  if (!atLeast(token, 'developer')) return forbidden();
  const sha = project.refs.get(body.ref);
  if (sha === undefined) return refuse(400, { base: ['Reference not found'] });
  const variables = (Array.isArray(body.variables) ? body.variables : []) as { key: string; value: string }[];
  if (variables.length > 0 && !project.allowsVariables)
    return refuse(400, { base: ['Insufficient permissions to set pipeline variables'] });
  const set = { ref: body.ref, sha, source: 'api', user: token?.user ?? '', variables };
  return ok(pipelineDocument(origin(), project, createPipeline(world, project, set)), 201);
}

function listPipelines({ origin }: Gitlab, { url }: Call, project: Project): Reply {
  const query = Object.fromEntries(url.searchParams);
  const after = query.updated_after === undefined ? null : new Date(query.updated_after);
  const found = project.pipelines
    .filter(({ ref }) => query.ref === undefined || ref === query.ref)
    .filter(({ sha }) => query.sha === undefined || sha === query.sha)
    .filter(({ source }) => query.source === undefined || source === query.source)
    .filter(({ updatedAt }) => after === null || updatedAt > after);
  const ordered = query.sort === 'asc' ? found : found.reverse();
  return page(
    url,
    ordered.map((pipeline) => pipelineDocument(origin(), project, pipeline)),
  );
}

function answerPipeline(
  { origin, newer, world }: Gitlab,
  { parts, method, token, url }: Call,
  project: Project,
  pipeline: Pipeline,
): Reply {
  const document = () => pipelineDocument(origin(), project, pipeline);
  const below = parts[4];
  if (below === undefined) return ok(document());
  if (below === 'jobs')
    return page(url, pipeline.jobs.map((job) => jobDocument(origin(), project, pipeline, job, newer)).reverse());
  if (below === 'variables') {
    const may = atLeast(token, 'maintainer') || token?.user === pipeline.user;
    return may ? ok(pipeline.variables.map((variable) => ({ variable_type: 'env_var', ...variable }))) : forbidden();
  }
  if (below !== 'cancel' || method !== 'POST') return missing();
  if (!atLeast(token, 'developer')) return forbidden();
  for (const job of pipeline.jobs)
    if (!isOver(job.status)) Object.assign(job, { status: 'canceled', finishedAt: world.now() });
  return ok(document());
}

function answerJob(
  { origin, newer, world }: Gitlab,
  { parts, method, token }: Call,
  project: Project,
  pipeline: Pipeline,
  job: Job,
): Reply {
  const document = () => jobDocument(origin(), project, pipeline, job, newer);
  const below = parts[4];
  if (below === undefined) return ok(document());
  if (below === 'trace') return { ...ok(job.trace), text: true };
  if (method !== 'POST') return missing();
  if (!atLeast(token, 'developer')) return forbidden();
  if (below === 'play') {
    if (job.status !== 'manual') return refuse(400, '400 Bad request - Unplayable Job');
    job.status = 'pending';
    return ok(document());
  }
  if (below !== 'retry') return missing();
  if (!isOver(statusOf({ ...pipeline, jobs: [job] })) || job.status === 'skipped')
    return forbidden('Job is not retryable');
  const again: Job = {
    ...job,
    id: world.serial(),
    status: 'pending',
    startedAt: null,
    finishedAt: null,
    runner: null,
    trace: '',
  };
  pipeline.jobs.splice(pipeline.jobs.indexOf(job), 1, again);
  return ok(jobDocument(origin(), project, pipeline, again, newer), 201);
}
