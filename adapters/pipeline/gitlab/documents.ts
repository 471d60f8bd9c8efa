import { asObject, asText, asTexts, type JsonObject } from '../../../src/image/json-values.ts';
import { architectureOf } from '../../../src/image/platform.ts';
import type { BuildJob, BuildRunner } from '../../../src/playbook/build-evidence.ts';
import type { ListedRun } from '../../../src/playbook/find-build.ts';

/** A pipeline as the API lists it, with its state. */
export interface PipelineDocument extends ListedRun {
  readonly status: string;
}

/** A job, with what its document says of its runner: newer GitLab tells the very machine (`runner_manager`). */
export interface JobDocument extends BuildJob {
  readonly runnerId: string | null;
  readonly stage: string;
}

/** An id of GitLab as text; empty when there is none. */
export function idOf(value: unknown): string {
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : '';
}

export function readPipeline(document: JsonObject): PipelineDocument {
  return {
    id: idOf(document.id),
    url: asText(document.web_url) ?? '',
    ref: asText(document.ref) ?? '',
    revision: asText(document.sha) ?? '',
    event: asText(document.source) ?? '',
    status: asText(document.status) ?? '',
  };
}

export function readJob(document: JsonObject): JobDocument {
  const runner = asObject(document.runner);
  return {
    id: idOf(document.id),
    name: asText(document.name) ?? '',
    stage: asText(document.stage) ?? '',
    url: asText(document.web_url) ?? '',
    status: asText(document.status) ?? '',
    startedAt: asText(document.started_at),
    finishedAt: asText(document.finished_at),
    runnerId: idOf(runner?.id) || null,
    runner: runner && readRunner(document, runner),
  };
}

/** `description` is the name that people gave the runner; `name` is always `gitlab-runner`. */
function readRunner(document: JsonObject, runner: JsonObject): BuildRunner {
  const manager = asObject(document.runner_manager);
  return {
    name: asText(runner.description) || asText(runner.name) || `runner ${idOf(runner.id)}`,
    labels: asTexts(document.tag_list),
    ...machineOf(manager),
    unknownBecause: machineOf(manager).architecture === null ? 'GitLab does not say which machine ran the job' : null,
  };
}

/** What GitLab knows of the machine of a runner, of whatever document says it. Empty texts are nothing. */
export function machineOf(document: JsonObject | null): Pick<BuildRunner, 'architecture' | 'os'> {
  const machine = asText(document?.architecture) || null;
  return {
    architecture: machine === null ? null : architectureOf(machine).architecture,
    os: asText(document?.platform) || null,
  };
}
