import { asText, asTexts, type JsonObject } from '../../../src/image/json-values.ts';
import type { BuildJob } from '../../../src/playbook/build-evidence.ts';
import type { ListedRun } from '../../../src/playbook/find-build.ts';

/** A workflow run as the API gives it. */
export interface RunDocument extends ListedRun {
  readonly status: string;
  /** Empty while it is not over. */
  readonly conclusion: string;
  /** Made by the workflow's `run-name`; holds the key of a rebuild. */
  readonly title: string;
}

/** A job of a run, with what its document says of its runner. */
export interface JobDocument extends BuildJob {
  readonly conclusion: string;
  readonly runnerId: string | null;
  readonly runnerName: string | null;
  readonly runnerGroup: string;
  /** Those that it asked for (`runs-on`). */
  readonly labels: readonly string[];
}

/** An id of GitHub as text; empty when there is none. */
export function idOf(value: unknown): string {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? String(value) : '';
}

export function readRun(document: JsonObject): RunDocument {
  return {
    id: idOf(document.id),
    url: asText(document.html_url) ?? '',
    ref: asText(document.head_branch) ?? '',
    revision: asText(document.head_sha) ?? '',
    event: asText(document.event) ?? '',
    status: asText(document.status) ?? '',
    conclusion: asText(document.conclusion) ?? '',
    title: asText(document.display_title) ?? '',
  };
}

/** `status` is GitHub's word for what became of it, or for how far it is. */
export function readJob(document: JsonObject): JobDocument {
  const conclusion = asText(document.conclusion) ?? '';
  const runnerName = asText(document.runner_name) || null;
  return {
    id: idOf(document.id),
    name: asText(document.name) ?? '',
    url: asText(document.html_url) ?? '',
    status: conclusion || (asText(document.status) ?? ''),
    conclusion,
    // A job that waits or was skipped has a time here too, but no runner.
    startedAt: runnerName === null ? null : asText(document.started_at),
    finishedAt: asText(document.completed_at),
    runner: null,
    runnerId: idOf(document.runner_id) || null,
    runnerName,
    runnerGroup: asText(document.runner_group_name) ?? '',
    labels: asTexts(document.labels),
  };
}
