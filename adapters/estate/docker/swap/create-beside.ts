import type { Swap } from '../../../../src/ports/image-swap.ts';
import type { ContainerDocument } from '../documents.ts';
import type { Engine } from '../engine.ts';
import { readImageDocument } from '../local-images.ts';
import { readContainerById } from '../read-container.ts';
import { carryOverNetworks } from './carry-over-networks.ts';
import { carryOverSettings } from './carry-over-settings.ts';
import { surveySwap, swapFailure } from './survey-swap.ts';
import { beforeOf, labelsOf } from './swap-labels.ts';
import { whyNot } from './why-not.ts';
import { withoutValues } from './without-values.ts';

const CREATE_DEADLINE_MS = 120_000;

/**
 * Creates the new container, not started, beside the old one, which is not touched: if the engine refuses the settings,
 * nothing has happened. Rejects with ProbeError.
 */
export async function createBeside(engine: Engine, swap: Swap, signal: AbortSignal): Promise<string> {
  const { names, old, fresh } = await surveySwap(engine, swap, signal);
  if (old === null) {
    if (fresh?.Name === `/${names.service}`) return 'The new container stands already, and the old one was removed.';
    throw swapFailure(engine, 'conflict', `the container ${names.service} that was approved is gone: diagnose again`);
  }
  if (fresh !== null) {
    await joinNetworks(engine, old, fresh, signal);
    return `The new container was there already, with the settings of ${names.service}.`;
  }
  checkReplaceable(engine, swap, old, names.service);
  const created = await create(engine, swap, old, names.fresh, signal);
  await joinNetworks(engine, old, created, signal);
  return `Created the new container with the settings of ${names.service}, not started yet.`;
}

function checkReplaceable(engine: Engine, swap: Swap, old: ContainerDocument, service: string): void {
  if (old.Image !== swap.imageId || old.Name !== `/${service}`) {
    const message = `${service} is not what was approved any more: diagnose again`;
    throw swapFailure(engine, 'conflict', message);
  }
  const objection = whyNot(swap, old);
  if (objection !== null) throw swapFailure(engine, 'unsupported', objection);
}

async function create(
  engine: Engine,
  swap: Swap,
  old: ContainerDocument,
  name: string,
  signal: AbortSignal,
): Promise<ContainerDocument> {
  if ((await readImageDocument(engine, swap.image, signal)) === null) {
    throw swapFailure(
      engine,
      'not-found',
      `${swap.image} is not on the host: it was pulled and removed again; start over`,
    );
  }
  const oldImage = await readImageDocument(engine, old.Image, signal);
  const { body } = carryOverSettings(old, oldImage === null ? null : (oldImage.Config ?? {}), swap.image, {
    ...labelsOf(swap, beforeOf(old)),
  });
  const query = { name, platform: swap.platform };
  const request = { method: 'POST', path: '/containers/create', query, body, deadlineMs: CREATE_DEADLINE_MS } as const;
  const { Id } = await withoutValues(old, () => engine.json<{ Id: string }>(request, signal));
  const created = await readContainerById(engine, Id, signal);
  if (created !== null) return created;
  throw swapFailure(engine, 'conflict', 'the new container was removed by somebody else right after it was created');
}

/** Joins what is missing and leaves what the old container had left, before the first start. */
async function joinNetworks(
  engine: Engine,
  old: ContainerDocument,
  created: ContainerDocument,
  signal: AbortSignal,
): Promise<void> {
  if (created.State?.Running) return;
  const { first, others } = carryOverNetworks(old);
  const joined = Object.keys(created.NetworkSettings?.Networks ?? {});
  for (const [network, EndpointConfig] of Object.entries(others)) {
    if (joined.includes(network)) continue;
    const body = { Container: created.Id, EndpointConfig };
    const path = `/networks/${encodeURIComponent(network)}/connect`;
    await engine.status({ method: 'POST', path, body }, signal);
  }
  if (Object.keys(first).length > 0 || Object.keys(others).length === 0) return;
  // The old one was disconnected from the network it was created with.
  for (const network of joined.filter((name) => !(name in others))) {
    const path = `/networks/${encodeURIComponent(network)}/disconnect`;
    await engine.status({ method: 'POST', path, body: { Container: created.Id } }, signal);
  }
}
