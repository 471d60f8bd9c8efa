import type { ContainerDocument, RestartPolicyDocument } from '../documents.ts';
import type { Engine } from '../engine.ts';
import { withoutValues } from './without-values.ts';

/** What the engine waits beyond a container's own grace period before it has killed it. */
const STOP_MARGIN_MS = 30_000;
const DEFAULT_GRACE_S = 10;
const START_DEADLINE_MS = 60_000;
const REMOVE_DEADLINE_MS = 60_000;
/** "Not modified": it is so already. */
const ALREADY = [304];

/** Stops a container within its own grace period; one that does not run stays as it is. Rejects with ProbeError. */
export async function stopContainer(engine: Engine, container: ContainerDocument, signal: AbortSignal): Promise<void> {
  const grace = container.Config?.StopTimeout;
  const seconds = typeof grace === 'number' && grace > 0 ? grace : DEFAULT_GRACE_S;
  const deadlineMs = seconds * 1000 + STOP_MARGIN_MS;
  const path = `/containers/${container.Id}/stop`;
  await engine.status({ method: 'POST', path, accept: ALREADY, deadlineMs }, signal);
}

/** Starts a container, unless it runs. Rejects with ProbeError, with the runtime's own words when it cannot be started. */
export async function startContainer(engine: Engine, container: ContainerDocument, signal: AbortSignal): Promise<void> {
  const path = `/containers/${container.Id}/start`;
  const request = { method: 'POST', path, accept: ALREADY, deadlineMs: START_DEADLINE_MS } as const;
  await withoutValues(container, () => engine.status(request, signal));
}

/** Gives a container a name, unless it has it. Rejects with ProbeError: `conflict` when another one has it. */
export async function renameContainer(
  engine: Engine,
  container: ContainerDocument,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  if (container.Name === `/${name}`) return;
  await engine.status({ method: 'POST', path: `/containers/${container.Id}/rename`, query: { name } }, signal);
}

/** Sets the restart policy, unless it is so. Rejects with ProbeError. */
export async function setRestartPolicy(
  engine: Engine,
  container: ContainerDocument,
  policy: RestartPolicyDocument,
  signal: AbortSignal,
): Promise<void> {
  const wanted = { Name: policy.Name || 'no', MaximumRetryCount: policy.MaximumRetryCount ?? 0 };
  const is = container.HostConfig?.RestartPolicy ?? {};
  if ((is.Name || 'no') === wanted.Name && (is.MaximumRetryCount ?? 0) === wanted.MaximumRetryCount) return;
  const path = `/containers/${container.Id}/update`;
  await engine.status({ method: 'POST', path, body: { RestartPolicy: wanted } }, signal);
}

/** Removes a stopped container and none of its volumes; one that is gone is gone. Rejects with ProbeError. */
export async function removeContainer(
  engine: Engine,
  container: ContainerDocument,
  signal: AbortSignal,
): Promise<void> {
  const path = `/containers/${container.Id}`;
  const query = { v: '0', force: '0' };
  await engine.status({ method: 'DELETE', path, query, accept: [404], deadlineMs: REMOVE_DEADLINE_MS }, signal);
}
