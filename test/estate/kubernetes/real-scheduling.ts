import { describe, expect, it } from 'vitest';
import type { Place } from '../../../src/playbook/place.ts';
import type { ImageSwapper, Swap } from '../../../src/ports/image-swap.ts';
import { knownValue } from '../../contracts/estate-contract.ts';
import { waitFor } from '../../lab/waiting.ts';
import type { ClusterBench } from './cluster-bench.ts';
import { startClusterStage } from './cluster-stage.ts';
import { swapAt, swapperFor } from './swapper-on-cluster.ts';

const signal = new AbortController().signal;

interface Deployment {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly template: { readonly spec: { readonly nodeSelector?: Readonly<Record<string, string>> } } };
}

/** The emergency of keeping a workload to the nodes that run its image, on a real scheduler and its controllers. */
export function onNodeSelectors(bench: () => ClusterBench): void {
  describe('a node selector as an emergency', () => {
    /** An image for arm64, refused on a node for amd64, beside a node for arm64 that has room by now. */
    const deployRefused = async (name: string, extra: Readonly<Record<string, string>> = {}) => {
      const { plane, bad } = bench();
      const namespace = await bench().namespace();
      const labels = { pool: namespace };
      const arm = `${namespace}-arm64`;
      await bench().addNode(`${namespace}-amd64`, 'amd64', { ...labels, ...extra });
      await bench().addNode(arm, 'arm64', labels);
      await plane.admin.patch(`/api/v1/nodes/${arm}`, { spec: { unschedulable: true } });
      const place = await bench().deploy(namespace, name, bad, { ...labels, ...extra });
      await plane.admin.patch(`/api/v1/nodes/${arm}`, { spec: { unschedulable: null } });
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
      const read = async () => (await plane.admin.get<Deployment>(path))!;
      return { place, arm, labels, read };
    };

    const swapTo = async (swapper: ImageSwapper, place: Place, architecture: string): Promise<Swap> => ({
      ...(await swapAt(bench(), swapper, place)),
      image: bench().badImageId,
      platform: `linux/${architecture}`,
      nodeSelector: { 'kubernetes.io/arch': architecture },
    });

    const settled = (swapper: ImageSwapper, swap: Swap) =>
      waitFor('the pods to run', 30_000, async () => {
        const seen = knownValue(await swapper.observe(swap, signal));
        return seen.running ? seen : null;
      });

    it('brings it up on the nodes for its image, and says how the policy goes away', { timeout: 120_000 }, async () => {
      const { place, arm, labels, read } = await deployRefused('spread');
      const swapper = swapperFor(bench());
      const swap = await swapTo(swapper, place, 'arm64');
      expect(knownValue((await swapper.objection?.(swap, signal))!)).toBeNull();
      const said = [];
      for (const phase of swapper.phases) {
        said.push(knownValue(await phase.run(swap, signal)));
        knownValue(await phase.run(swap, signal));
      }
      expect(said[0]).toContain('One node of linux/arm64 would be left to it.');
      expect(said[2]).toBe('Rolled out: one pod on the nodes that were chosen.');
      const seen = await settled(swapper, swap);
      expect(seen).toMatchObject({ platform: 'linux/arm64', restartCount: 0, imageId: bench().badImageId });
      expect((await read()).metadata.annotations).toMatchObject({
        'execfmt.swap': swap.id,
        'execfmt.previous-node-selector': '{"kubernetes.io/arch":null}',
      });
      const finished = knownValue(await swapper.finish(swap, signal));
      expect(finished).toContain('A policy that nobody sees is in force now');
      expect(finished).toContain('"nodeSelector":{"kubernetes.io/arch":null}');
      expect(Object.keys((await read()).metadata.annotations ?? {})).not.toContain('execfmt.swap');
      expect((await read()).spec.template.spec.nodeSelector).toEqual({ ...labels, 'kubernetes.io/arch': 'arm64' });
      const pods = knownValue(await bench().estateFor().find(`${place.namespace}/spread`, signal));
      expect(pods).toMatchObject([{ node: arm }]);
    });

    it.each([
      ['a key that was not there', {}],
      ['a key that had another value', { 'kubernetes.io/arch': 'amd64' }],
    ])('is put back after every phase: %s', { timeout: 120_000 }, async (_, extra) => {
      const { place, read } = await deployRefused('back', extra);
      const swapper = swapperFor(bench());
      for (let count = 0; count <= swapper.phases.length; count += 1) {
        const before = await read();
        const swap = await swapTo(swapper, place, 'arm64');
        for (const phase of swapper.phases.slice(0, count)) knownValue(await phase.run(swap, signal));
        knownValue(await swapper.putBack(swap, signal));
        knownValue(await swapper.putBack(swap, signal));
        const after = await read();
        expect(after.spec, `after ${count} phases`).toEqual(before.spec);
        expect(Object.keys(after.metadata.annotations ?? {}).filter((key) => key.startsWith('execfmt'))).toEqual([]);
        const { instanceId } = knownValue(await swapper.current(place, signal));
        expect(instanceId).toBe(swap.instanceId);
        await waitFor('the pod of before', 30_000, async () => {
          const now = await swapper.current(place, signal);
          return now.kind === 'known' && now.value.imageId === swap.imageId ? true : null;
        });
      }
    });

    it('is pressed, previewed, approved and verified in a thread', { timeout: 180_000 }, async () => {
      const { place, labels, read } = await deployRefused('pressed');
      const stage = await startClusterStage(bench(), place.namespace, place.workload);
      const removal = `kubectl -n ${place.namespace} patch deployment/pressed --patch '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/arch":null}}}}}'`;
      try {
        const run = await stage.diagnose();
        expect(await stage.press('eve', run, 'propose', 'Keep it to linux/arm64 nodes')).toBeNull();
        const before = await read();
        const preview = await stage.press('eve', run, 'preview');
        expect(preview?.parts).toContainEqual({ kind: 'code', text: expect.stringContaining(removal) });
        expect(preview?.parts).toContainEqual({
          kind: 'list',
          ordered: false,
          items: ['Everything is still as it was when this was proposed.'],
        });
        expect((await read()).spec).toEqual(before.spec);
        expect(await stage.press('ada', run, 'approve')).toBeNull();
        const { plan, phases, finished } = await stage.ended(run);
        expect(plan).toMatchObject({
          kind: 'schedule-to-arch',
          proposed: { digest: bench().badImageId.split('@')[1] },
        });
        expect(finished?.detail).toContain('It runs as linux/arm64');
        expect(finished?.outcome).toBe('succeeded');
        expect(phases.at(-1)?.detail).toContain(`Remove it once the image is right: ${removal}`);
        expect(JSON.stringify(await stage.thread(run))).toContain('A policy that nobody sees is in force now');
      } finally {
        await stage.stop();
      }
      expect((await read()).spec.template.spec.nodeSelector).toEqual({ ...labels, 'kubernetes.io/arch': 'arm64' });
      expect(Object.keys((await read()).metadata.annotations ?? {})).not.toContain('execfmt.swap');
    });

    it('is refused where no node would be left', { timeout: 60_000 }, async () => {
      const { place, read } = await deployRefused('nowhere');
      const swapper = swapperFor(bench());
      const before = await read();
      const swap = { ...(await swapTo(swapper, place, 'amd64')), image: bench().good };
      const elsewhere = { ...swap, nodeSelector: { ...swap.nodeSelector, 'topology.kubernetes.io/zone': 'none' } };
      for (const phase of swapper.phases) expect((await phase.run(elsewhere, signal)).kind).toBe('probe-failed');
      expect(await swapper.phases[0]!.run(elsewhere, signal)).toMatchObject({
        why: { code: 'unsupported', message: expect.stringContaining('it could be scheduled to none of the') },
      });
      expect((await read()).spec).toEqual(before.spec);
    });

    it('leaves alone what was changed since', { timeout: 60_000 }, async () => {
      const { place, read } = await deployRefused('moved');
      const swapper = swapperFor(bench());
      const swap = await swapTo(swapper, place, 'arm64');
      const path = `/apis/apps/v1/namespaces/${place.namespace}/deployments/moved`;
      await bench().plane.admin.patch(path, { spec: { template: { spec: { terminationGracePeriodSeconds: 2 } } } });
      const before = await read();
      for (const phase of swapper.phases) {
        expect(await phase.run(swap, signal)).toMatchObject({ kind: 'probe-failed', why: { code: 'conflict' } });
      }
      expect((await read()).spec).toEqual(before.spec);
    });
  });
}
