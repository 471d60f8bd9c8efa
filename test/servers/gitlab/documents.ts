import { type Job, type Pipeline, type Project, type Runner, statusOf, tagsOf } from './world.ts';

const iso = (date: Date | null) => date?.toISOString() ?? null;

export function pipelineDocument(origin: string, project: Project, pipeline: Pipeline) {
  return {
    id: pipeline.id,
    iid: project.pipelines.indexOf(pipeline) + 1,
    project_id: project.id,
    sha: pipeline.sha,
    ref: pipeline.ref,
    status: statusOf(pipeline),
    source: pipeline.source,
    created_at: iso(pipeline.createdAt),
    updated_at: iso(pipeline.updatedAt),
    web_url: `${origin}/${project.path}/-/pipelines/${pipeline.id}`,
  };
}

/** `newer`: GitLab 17.1 and later tell the machine that a runner ran the job on. */
export function jobDocument(origin: string, project: Project, pipeline: Pipeline, job: Job, newer: boolean) {
  const { runner } = job;
  return {
    id: job.id,
    status: job.status,
    stage: job.script.stage ?? 'build',
    name: job.script.name,
    ref: pipeline.ref,
    tag: false,
    started_at: iso(job.startedAt),
    finished_at: iso(job.finishedAt),
    web_url: `${origin}/${project.path}/-/jobs/${job.id}`,
    pipeline: {
      id: pipeline.id,
      project_id: project.id,
      ref: pipeline.ref,
      sha: pipeline.sha,
      status: statusOf(pipeline),
    },
    runner: runner && basicRunner(runner),
    ...(newer && {
      runner_manager: runner && { id: runner.id, system_id: 'r_Uy8vX4NqW6MQ', version: '17.5.3', ...machine(runner) },
    }),
    tag_list: tagsOf(project, pipeline, job),
  };
}

const machine = ({ architecture, platform }: Runner) => ({ architecture, platform });

const basicRunner = ({ id, description }: Runner) => ({
  id,
  description,
  active: true,
  paused: false,
  is_shared: false,
  runner_type: 'project_type',
  name: 'gitlab-runner',
  online: true,
  status: 'online',
});

export function runnerDocument(runner: Runner) {
  return { ...basicRunner(runner), ...machine(runner), tag_list: runner.tags, run_untagged: true, locked: false };
}
