import { asText } from '../../../src/image/json-values.ts';
import { problem } from '../../../src/playbook/answer.ts';
import type { GithubClient } from './client.ts';
import { repositoryPath } from './repository-path.ts';

/** The workflow and job that `rebuild.job` names; null: not told. */
export interface Named {
  /** The file's name below `.github/workflows`. */
  readonly workflow: string | null;
  readonly job: string | null;
}

const MOST_WORKFLOWS = 100;

/**
 * What `job` means in a repository: `build.yml`, `build.yml/job`, or one word, which is a workflow when one has that file or
 * name, and else a job.
 */
export async function resolveWorkflow(
  client: GithubClient,
  { target, project, job }: { readonly target: string; readonly project: string; readonly job: string | null },
  signal: AbortSignal,
): Promise<Named & { readonly all: readonly string[] }> {
  const [, file, of] = /^([\w.-]+\.ya?ml)(?:\/(.+))?$/i.exec(job ?? '') ?? [];
  if (file !== undefined) return { workflow: file, job: of ?? null, all: [file] };
  const path = `${repositoryPath(project, target)}/actions/workflows`;
  const found = await client.list({ path, what: `the workflows of ${project}`, signal }, 'workflows', MOST_WORKFLOWS);
  const workflows = found
    // Dynamic ones (Dependabot, Pages) have no file that could be started.
    .filter((one) => one.state === 'active' && asText(one.path)?.startsWith('.github/workflows/'))
    .map((one) => ({ file: asText(one.path)?.split('/').at(-1) ?? '', name: asText(one.name) ?? '' }));
  const all = workflows.map((one) => one.file);
  const called = workflows.filter(
    ({ file: one, name }) => job !== null && [one.replace(/\.ya?ml$/i, ''), name].some((word) => same(word, job)),
  );
  const [only] = called;
  if (only !== undefined && called.length === 1) return { workflow: only.file, job: null, all };
  return { workflow: all.length === 1 ? (all[0] ?? null) : null, job, all };
}

/** The one workflow to start. Rejects with ProbeError when it cannot be told which. */
export async function workflowToStart(
  client: GithubClient,
  asked: { readonly target: string; readonly project: string; readonly job: string | null },
  signal: AbortSignal,
): Promise<{ readonly workflow: string; readonly job: string | null }> {
  const { workflow, job, all } = await resolveWorkflow(client, asked, signal);
  if (workflow !== null) return { workflow, job };
  const choice = all.length === 0 ? 'It has none' : `It has ${all.slice(0, 10).join(', ')}`;
  const message = `which workflow of ${asked.project} builds is not told. ${choice}; write \`job: <workflow file>\` or \`<workflow file>/<job>\` under \`rebuild\`.`;
  throw problem('invalid', asked.target, message);
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
