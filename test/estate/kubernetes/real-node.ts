import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { estateContract, knownValue } from '../../contracts/estate-contract.ts';
import { runExecfmt } from '../../e2e/run-execfmt.ts';
import { suite } from '../../lab/requirements.ts';
import { waitFor } from '../../lab/waiting.ts';
import { CANARY, type ClusterBench } from './cluster-bench.ts';
import { startClusterStage } from './cluster-stage.ts';
import { onSets } from './real-sets.ts';
import { expectCrash, swapAt, swapperFor } from './swapper-on-cluster.ts';
import { writeConfiguration } from './write-configuration.ts';

const signal = new AbortController().signal;

/** What is shown on a kubelet that starts real containers: a real refusal, its real words, and a real way back. */
export function onRealNode(bench: () => ClusterBench): void {
  suite('a real kubelet', ['engine', 'x86-64', 'no-emulator'], () => {
    let node: string;
    let namespace: string;
    beforeAll(async () => {
      node = await bench().addRealNode();
      namespace = await bench().namespace();
    }, 3_600_000);
    afterAll(() => bench().plane.admin.delete(`/api/v1/namespaces/${namespace}`));

    /** A Deployment that has been refused by the kernel at least twice, so that there is a previous log. */
    const deployRefused = async (name: string) => {
      const place = await bench().deploy(namespace, name, bench().bad, node);
      const estate = bench().estateFor();
      await waitFor('CrashLoopBackOff', 120_000, async () => {
        const { state } = knownValue(await estate.inspect(place, signal));
        return state.status === 'CrashLoopBackOff' && state.restartCount > 0 ? true : null;
      });
      return place;
    };

    estateContract('a cluster with a kubelet', async () => {
      const place = await deployRefused('pdf-contract');
      return {
        estate: bench().estateFor(),
        name: 'pdf-contract',
        place,
        nowhere: { ...place, workload: 'deployment/nothing', pod: 'nothing-1' },
        argv: ['/app/render', '-c', expect.stringContaining('pdf-renderer v3')],
        imageReference: bench().bad,
        repository: bench().repository,
        imageArchitecture: 'arm64',
        hostArchitecture: 'amd64',
        canary: CANARY,
        close: async () => {},
      };
    });

    // They wait for back-offs and roll-outs, each for its own: together.
    it.concurrent('is diagnosed by execfmt diagnose, with the way back', { timeout: 300_000 }, async () => {
      const place = await deployRefused('pdf-renderer');
      const config = writeConfiguration(bench());
      const { status, stdout, stderr } = await runExecfmt([
        'diagnose',
        'deployment/pdf-renderer',
        '--json',
        '-c',
        config,
      ]);
      expect(status, stderr).toBe(1);
      const document = JSON.parse(stdout);
      expect(document.verdict).toMatchObject({
        outcome: 'will-not-run',
        fault: 'wrong-platform-image',
        culprit: '/app/render',
        errno: 'ENOEXEC',
        confidence: 'proved',
      });
      expect(document.instances).toMatchObject([{ where: place }]);
      expect(document.remedies).toContainEqual(
        expect.objectContaining({ kind: 'rollback-to-digest', fit: 'fixes', digest: bench().good.split('@')[1] }),
      );
      expect(document.steps.map(({ id }: { id: string }) => id)).toEqual(
        'host image tag file symptom change impact decision'.split(' '),
      );
      expect(stdout + stderr).not.toContain(CANARY);
    });

    it.concurrent('runs again after a rollback by digest', { timeout: 300_000 }, async () => {
      const place = await deployRefused('pdf-rollback');
      const swapper = swapperFor(bench());
      const swap = await swapAt(bench(), swapper, place);
      expect(knownValue((await swapper.objection?.(swap, signal))!)).toBeNull();
      for (const phase of swapper.phases) knownValue(await phase.run(swap, signal));
      expect(knownValue(await swapper.observe(swap, signal))).toMatchObject({
        running: true,
        restartCount: 0,
        platform: 'linux/amd64',
        imageId: bench().good,
      });
      knownValue(await swapper.finish(swap, signal));
      const log = knownValue(await bench().estateFor().log(place, 5, signal));
      expect(log.lines).toEqual(['pdf-renderer v2 is ready']);
    });

    it.concurrent('is brought back by the approved rollback, and verified', { timeout: 300_000 }, async () => {
      const place = await deployRefused('pdf-incident');
      const stage = await startClusterStage(bench(), namespace, place.workload);
      try {
        const run = await stage.diagnose();
        expect(await stage.press('eve', run, 'propose')).toBeNull();
        expect(await stage.press('ada', run, 'approve')).toBeNull();
        const { plan, finished } = await stage.ended(run);
        expect(plan.calls.join('\n')).toContain(`set image deployment/pdf-incident render=${bench().good}`);
        expect(finished).toMatchObject({
          outcome: 'succeeded',
          detail: expect.stringContaining('It runs as linux/amd64'),
        });
      } finally {
        await stage.stop();
      }
      const after = knownValue(await bench().estateFor().inspect(place, signal));
      expect(after).toMatchObject({ imageReference: bench().good, state: { status: 'running', restartCount: 0 } });
    });

    it.concurrent('is not changed behind the back of Argo CD', { timeout: 300_000 }, async () => {
      const place = await deployRefused('pdf-gitops');
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments/pdf-gitops`;
      await bench().plane.admin.patch(path, { metadata: { labels: { 'argocd.argoproj.io/instance': 'docs' } } });
      const stage = await startClusterStage(bench(), namespace, place.workload);
      try {
        const run = await stage.diagnose();
        const before = await bench().plane.admin.get<{ spec: object }>(path);
        const told = await stage.press('eve', run, 'propose');
        expect(told?.title).toBe('Not proposed');
        const [text, code, ...more] = told?.parts ?? [];
        expect(text).toMatchObject({
          kind: 'text',
          text: expect.stringMatching(/Argo CD.*"docs".*Commit this there/s),
        });
        expect(more).toEqual([]);
        expect(parse(code?.kind === 'code' ? code.text : '').spec.template.spec).toEqual({
          containers: [{ name: 'render', image: bench().good }],
        });
        const buttons = (await stage.thread(run)).flatMap((card) => card.buttons);
        expect(buttons.map(({ press }) => press.action)).not.toContain('approve');
        expect((await bench().plane.admin.get<{ spec: object }>(path))?.spec).toEqual(before?.spec);
      } finally {
        await stage.stop();
      }
    });

    it.concurrent('tells an index that lacks its platform', { timeout: 300_000 }, async () => {
      const image = await bench().pushIndexWithoutAmd64();
      await bench().plane.admin.create(
        `/apis/apps/v1/namespaces/${namespace}/deployments`,
        bench().deployment('pdf-index', image, node),
      );
      const estate = bench().estateFor();
      await waitFor('the refused pull', 60_000, async () => {
        const found = await estate.find(`${namespace}/pdf-index`, signal);
        const where = found.kind === 'known' ? found.value[0] : undefined;
        const facts = where && (await estate.inspect(where, signal));
        return facts?.kind === 'known' && /^(ErrImagePull|ImagePullBackOff)$/.test(facts.value.state.status)
          ? true
          : null;
      });
      const args = ['diagnose', `${namespace}/pdf-index`, '--json', '-c', writeConfiguration(bench())];
      const { status, stdout, stderr } = await runExecfmt(args);
      expect(status, stderr).toBe(1);
      expect(JSON.parse(stdout).verdict).toMatchObject({ fault: 'platform-missing-from-index', confidence: 'proved' });
    });

    onSets('a real kubelet', bench, () => node);

    it.concurrent('puts back what cannot be rolled out', { timeout: 300_000 }, async () => {
      const place = await bench().deploy(namespace, 'pdf-forward', bench().good, node);
      const swapper = swapperFor(bench());
      const current = knownValue(await swapper.current(place, signal));
      const swap = { id: 'p-forward', where: place, ...current, image: bench().badImageId, platform: 'linux/arm64' };
      const [check, patch, rollOut] = swapper.phases;
      knownValue(await check!.run(swap, signal));
      knownValue(await patch!.run(swap, signal));
      const followed = await rollOut!.run(swap, signal);
      await expectCrash(swapper, swap, followed);
      knownValue(await swapper.putBack(swap, signal));
      // When the roll-out took the crashing pod for ready, the old one has to be made anew.
      await waitFor('the image before to be there', 60_000, async () => {
        const { imageId } = knownValue(await swapper.current(place, signal));
        return imageId === current.imageId || null;
      });
      expect(knownValue(await swapper.current(place, signal))).toEqual(current);
    });
  });
}
