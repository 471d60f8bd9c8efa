import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { createKubernetesSwapper } from '../../../adapters/estate/kubernetes/change/image-swapper.ts';
import type { Answer } from '../../../src/playbook/answer.ts';
import type { ImageSwapper, Swap } from '../../../src/ports/image-swap.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import type { Standing, SwapperUnderTest } from '../../contracts/image-swapper-contract.ts';
import { waitFor } from '../../lab/waiting.ts';
import { systemClock } from '../docker/system-clock.ts';
import { CANARY, type ClusterBench } from './cluster-bench.ts';

const signal = new AbortController().signal;

/** The swapper as the owner of a kubeconfig; the administrator without one. */
export function swapperFor(bench: ClusterBench, kubeconfig = bench.plane.kubeconfig('admin')): ImageSwapper {
  const { cluster, images } = bench;
  return createKubernetesSwapper({
    name: cluster,
    kubeconfig,
    context: null,
    images: () => images,
    clock: systemClock,
  });
}

/** A swap to the good image of what stands at a place now. */
export async function swapAt(bench: ClusterBench, swapper: ImageSwapper, where: Swap['where']): Promise<Swap> {
  const current = knownValue(await swapper.current(where, signal));
  return { id: `p-${randomBytes(3).toString('hex')}`, where, ...current, image: bench.good, platform: 'linux/amd64' };
}

/** A real container that crashes is ready for a moment: what the roll-out did not see, the verification sees. */
export async function expectCrash(swapper: ImageSwapper, swap: Swap, followed: Answer<string>): Promise<void> {
  if (followed.kind === 'probe-failed') return expect(followed.why.message).toContain('CrashLoopBackOff');
  await waitFor('it to be seen', 60_000, async () => {
    const seen = await swapper.observe(swap, signal);
    return seen.kind === 'known' && !seen.value.running ? true : null;
  });
}

interface Deployment {
  readonly metadata: { readonly uid: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
    };
  };
}

const pathOf = ({ where }: Swap) => {
  if (where.kind !== 'kubernetes') throw new Error('no place on a cluster');
  return `/apis/apps/v1/namespaces/${where.namespace}/deployments/${where.workload.split('/')[1]}`;
};

/** Deployments that keep dying, for the swapper's contract. What is set aside is the note of the image before. */
export async function swapperOnCluster(bench: ClusterBench): Promise<SwapperUnderTest> {
  const swapper = swapperFor(bench);
  const namespace = await bench.namespace();
  const { admin } = bench.plane;
  const read = async (swap: Swap): Promise<Deployment> => {
    const found = await admin.get<Deployment>(pathOf(swap));
    if (found === null) throw new Error('the deployment is gone');
    return found;
  };
  const standing = async (swap: Swap): Promise<Standing> => {
    const { spec } = await read(swap);
    const { instanceId } = knownValue(await swapper.current(swap.where, signal));
    const { containers } = spec.template.spec;
    const settings = {
      ...spec,
      template: {
        ...spec.template,
        spec: { ...spec.template.spec, containers: containers.map((one) => ({ ...one, image: '' })) },
      },
    };
    const digest = containers[0]?.image === bench.bad ? bench.badImageId : (containers[0]?.image ?? '');
    return { instanceId, imageId: spec.replicas === 0 ? '' : digest, runs: spec.replicas > 0, settings };
  };
  return {
    swapper,
    canary: CANARY,
    standing,
    async deploy(running) {
      const name = `swap-${randomBytes(3).toString('hex')}`;
      const where = await bench.deploy(namespace, name, bench.bad);
      if (!running) {
        await admin.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, { spec: { replicas: 0 } });
        const pods = `/api/v1/namespaces/${namespace}/pods?labelSelector=app=${name}`;
        await waitFor('the pods to go', 60_000, async () =>
          (await admin.get<{ items: unknown[] }>(pods))?.items.length === 0 ? true : null,
        );
      }
      return swapAt(bench, swapper, where);
    },
    async remains(swap) {
      const { metadata } = await read(swap);
      const { instanceId } = knownValue(await swapper.current(swap.where, signal));
      const previous = metadata.annotations?.['execfmt.previous-image'];
      return [instanceId, ...(previous === undefined ? [] : [previous])];
    },
    close: () => admin.delete(`/api/v1/namespaces/${namespace}`),
  };
}
