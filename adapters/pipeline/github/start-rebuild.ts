import { asText } from '../../../src/image/json-values.ts';
import { answerOf, ProbeError, problem } from '../../../src/playbook/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { RebuildRequest } from '../../../src/ports/rebuilds.ts';
import type { GithubClient } from './client.ts';
import { idOf, type RunDocument } from './documents.ts';
import { dispatchedRuns, hasKey, hasOtherKey, KEY_INPUT, type Place, RUNNER_INPUT } from './find-rebuild.ts';
import { repositoryPath } from './repository-path.ts';

/** A run as far as its start tells it. */
export type Started = Pick<RunDocument, 'id' | 'url'>;

export interface StartParts {
  readonly client: GithubClient;
  readonly clock: Clock;
  readonly place: Place;
  /** Milliseconds between two looks. */
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

const MOST_LOOKS = 20;
const LOOKS_FOR_LOST = 5;

/** Dispatches the workflow, unless a run with the key is there already. */
export async function startRebuild(parts: StartParts, request: RebuildRequest): Promise<Started> {
  const { client, clock, place, signal } = parts;
  const before = await dispatchedRuns(client, place, clock, signal);
  const earlier = before.find((run) => hasKey(run, place.key));
  if (earlier) return earlier;
  const ref = request.ref ?? (await defaultBranch(parts));
  try {
    return (await dispatch(parts, dispatchBody(request, ref))) ?? (await findStarted(parts, before));
  } catch (error) {
    // Whether it began is not known when the answer was lost on its way.
    const isLost = error instanceof ProbeError && (error.why.code === 'unreachable' || error.why.code === 'timeout');
    const begun = isLost ? await findLost(parts) : null;
    if (begun === null) throw error;
    return begun;
  }
}

/** What is posted; `return_run_details` gives the run's id at once (github.com since February 2026). */
export function dispatchBody({ key, runner }: RebuildRequest, ref: string) {
  const inputs = { [KEY_INPUT]: key, ...(runner !== null && { [RUNNER_INPUT]: runner }) };
  return { ref, inputs, return_run_details: true };
}

export function dispatchPath({ project, target, workflow }: Omit<Place, 'key'>): string {
  return `${repositoryPath(project, target)}/actions/workflows/${encodeURIComponent(workflow)}/dispatches`;
}

/** The run that was made; null when this GitHub does not tell. */
async function dispatch(
  { client, place, signal }: StartParts,
  body: ReturnType<typeof dispatchBody>,
): Promise<Started | null> {
  const ask = { path: dispatchPath(place), what: `the start of ${place.workflow} on ${body.ref}`, signal };
  const answer = await client.post(ask, body).catch((error: unknown) => {
    if (!(error instanceof ProbeError) || error.why.code !== 'invalid') throw error;
    // An older server refuses the key that it does not know; what is wrong otherwise is refused a second time.
    return client.post(ask, { ref: body.ref, inputs: body.inputs });
  });
  const id = idOf(answer?.workflow_run_id);
  return id === '' ? null : { id, url: asText(answer?.html_url) ?? '' };
}

/** The run appears some seconds after it was dispatched: by its key, or as the only one that is new. */
async function findStarted(parts: StartParts, before: readonly RunDocument[]): Promise<Started> {
  const { client, clock, place, pollMs, signal } = parts;
  const known = new Set(before.map(({ id }) => id));
  let fresh: readonly RunDocument[] = [];
  for (let look = 0; look < MOST_LOOKS && !signal.aborted; look++) {
    fresh = (await dispatchedRuns(client, place, clock, signal)).filter(({ id }) => !known.has(id));
    const keyed = fresh.find((run) => hasKey(run, place.key));
    if (keyed) return keyed;
    // A title with another key is another's; give the right one a moment to come.
    if (fresh.length === 1 && look > 0) break;
    await clock.sleep(pollMs, signal).catch(() => {});
  }
  const [only] = fresh;
  if (only && fresh.length === 1 && !hasOtherKey(only, place.key)) return only;
  const message = `${place.workflow} was started, but its run cannot be told from others. Give it \`run-name: build \${{ inputs.${KEY_INPUT} }}\` (docs/rebuilds.md), and see GitHub for what runs now.`;
  throw problem('conflict', place.target, message);
}

/** The run of a start that was not answered, by its key alone; null when it does not appear, or nothing can be seen. */
async function findLost({ client, clock, place, pollMs, signal }: StartParts): Promise<Started | null> {
  for (let look = 0; look < LOOKS_FOR_LOST && !signal.aborted; look++) {
    const runs = await answerOf(() => dispatchedRuns(client, place, clock, signal));
    if (runs.kind !== 'known') return null;
    const keyed = runs.value.find((run) => hasKey(run, place.key));
    if (keyed) return keyed;
    await clock.sleep(pollMs, signal).catch(() => {});
  }
  return null;
}

async function defaultBranch({ client, place, signal }: StartParts): Promise<string> {
  const path = repositoryPath(place.project, place.target);
  const branch = asText((await client.get({ path, what: `the repository ${place.project}`, signal })).default_branch);
  if (branch) return branch;
  throw problem(
    'not-found',
    place.target,
    `${place.project} has no default branch. Name one as \`ref\` under \`rebuild\`.`,
  );
}
