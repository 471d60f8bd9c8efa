import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Place } from '../../../src/playbook/place.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { waitFor } from '../../lab/waiting.ts';
import type { ClusterBench } from './cluster-bench.ts';
import { expectCrash, swapAt, swapperFor } from './swapper-on-cluster.ts';

const signal = new AbortController().signal;

type ClusterPlace = Extract<Place, { kind: 'kubernetes' }>;

interface Made {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

/** Changes of StatefulSets and DaemonSets: on a node of a name, so that the same is shown on played and on real ones. */
export function onSets(title: string, bench: () => ClusterBench, nodeName: () => string): void {
  describe.concurrent(`${title}: sets`, () => {
    const KINDS = [
      ['daemonset', {}],
      ['statefulset', { podManagementPolicy: 'Parallel' }],
      ['statefulset', { podManagementPolicy: 'OrderedReady' }],
    ] as const;

    /** One that runs an image on the node; its pod is waited for until it fares as said. */
    const deploy = async (kind: string, more: object, image: string, status: string) => {
      const { plane, cluster } = bench();
      const namespace = await bench().namespace();
      const name = `set-${randomBytes(2).toString('hex')}`;
      const { spec } = bench().deployment(name, image, nodeName()) as { spec: object };
      const path = `/apis/apps/v1/namespaces/${namespace}/${kind}s`;
      await plane.admin.create(path, {
        metadata: { name },
        spec: { ...spec, ...(kind === 'statefulset' && { serviceName: name }), ...more },
      });
      const estate = bench().estateFor();
      const place = await waitFor(`a pod of ${name}`, 60_000, async () => {
        const found = await estate.find(`${namespace}/${kind}/${name}`, signal);
        return found.kind === 'known' ? ((found.value[0] as ClusterPlace | undefined) ?? null) : null;
      });
      expect(place).toMatchObject({ cluster, workload: `${kind}/${name}` });
      const read = async () => (await plane.admin.get<Made>(`${path}/${name}`))!;
      const fares = (how: string) =>
        waitFor(`${name} to be ${how}`, 120_000, async () => {
          const facts = await estate.inspect(place, signal);
          return facts.kind === 'known' && facts.value.state.status === how && facts.value.imageId !== ''
            ? facts.value
            : null;
        });
      await fares(status);
      return { place, read, fares };
    };

    it.each(KINDS)('a %s %j runs again after a rollback by digest', { timeout: 300_000 }, async (kind, more) => {
      const { place, read, fares } = await deploy(kind, more, bench().bad, 'CrashLoopBackOff');
      const swapper = swapperFor(bench());
      const swap = await swapAt(bench(), swapper, place);
      expect(knownValue((await swapper.objection?.(swap, signal))!)).toBeNull();
      for (const phase of swapper.phases) knownValue(await phase.run(swap, signal));
      const seen = knownValue(await swapper.observe(swap, signal));
      expect(seen).toMatchObject({ running: true, restartCount: 0, platform: 'linux/amd64', imageId: bench().good });
      knownValue(await swapper.finish(swap, signal));
      expect((await read()).metadata.annotations ?? {}).not.toHaveProperty(['execfmt.swap']);
      expect(await fares('running')).toMatchObject({ imageReference: bench().good });
    });

    it.each(KINDS)('a %s %j is put back when it cannot be rolled out', { timeout: 300_000 }, async (kind, more) => {
      const { place, read, fares } = await deploy(kind, more, bench().good, 'running');
      const swapper = swapperFor(bench());
      const before = await read();
      const swap = { ...(await swapAt(bench(), swapper, place)), image: bench().badImageId, platform: 'linux/arm64' };
      const [check, patch, rollOut] = swapper.phases;
      knownValue(await check!.run(swap, signal));
      knownValue(await patch!.run(swap, signal));
      const followed = await rollOut!.run(swap, signal);
      await expectCrash(swapper, swap, followed);
      knownValue(await swapper.putBack(swap, signal));
      knownValue(await swapper.putBack(swap, signal));
      expect((await read()).spec).toEqual(before.spec);
      expect((await read()).metadata.annotations ?? {}).not.toHaveProperty(['execfmt.swap']);
      expect(await fares('running')).toMatchObject({ imageReference: bench().good });
    });
  });
}
