import {
  type Job,
  labelsOf,
  type Repository,
  type Run,
  type Runner,
  statusOf,
  titleOf,
  type Workflow,
} from './world.ts';

const iso = (date: Date | null) => date?.toISOString().replace(/\.\d+Z$/, 'Z') ?? null;

export function workflowDocument({ id, name, file, state }: Workflow) {
  return { id, name, path: `.github/workflows/${file}`, state };
}

export function runDocument(origin: string, { path }: Repository, run: Run) {
  return {
    id: run.id,
    name: run.workflow.name,
    display_title: titleOf(run),
    path: `.github/workflows/${run.workflow.file}`,
    event: run.event,
    head_branch: run.branch,
    head_sha: run.sha,
    run_attempt: 1,
    workflow_id: run.workflow.id,
    ...statusOf(run),
    created_at: iso(run.createdAt),
    html_url: `${origin}/${path}/actions/runs/${run.id}`,
  };
}

export function jobDocument(origin: string, { path }: Repository, run: Run, job: Job) {
  return {
    id: job.id,
    run_id: run.id,
    name: job.script.name,
    status: job.status,
    conclusion: job.conclusion,
    started_at: iso(job.startedAt ?? run.createdAt),
    completed_at: iso(job.completedAt),
    html_url: `${origin}/${path}/actions/runs/${run.id}/job/${job.id}`,
    labels: labelsOf(run, job),
    runner_id: job.runner?.id ?? 0,
    runner_name: job.runner?.name ?? '',
    runner_group_name: job.runner?.group ?? '',
  };
}

/** Labels that the runner itself reported cannot be edited. */
export function runnerDocument({ id, name, os, labels }: Runner) {
  const own = ['self-hosted', 'linux', 'x64', 'arm64'];
  const entries = labels.map((label, index) => ({
    id: index + 1,
    name: label,
    type: own.includes(label.toLowerCase()) ? 'read-only' : 'custom',
  }));
  return { id, name, os, status: 'online', busy: false, labels: entries };
}
