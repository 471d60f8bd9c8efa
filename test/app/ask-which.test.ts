import { describe, expect, it } from 'vitest';
import { askWhich } from '../../src/app/ask-which.ts';
import { readCommand } from '../../src/app/read-command.ts';
import type { Place } from '../../src/playbook/place.ts';

const SLACK = { chat: 'slack', id: 'C1' } as const;

/** `prod docs/deployment/web` */
const on = (text: string, pod = 'web-1'): Place => {
  const [cluster = '', name = ''] = text.split(' ');
  const [namespace = '', ...workload] = name.split('/');
  return { kind: 'kubernetes', cluster, namespace, workload: workload.join('/'), pod, container: 'main', node: 'n' };
};
const docker = (host: string): Place => ({ kind: 'docker', host, container: 'web' });
const subjects = (target: string, places: readonly Place[]) =>
  askWhich(target, places, SLACK)?.buttons.map(({ press }) => press.subject) ?? null;

describe('which workload is meant', () => {
  it.each([
    ['nothing', []],
    ['the instances of one workload', [on('prod docs/deployment/web', 'a'), on('prod docs/deployment/web', 'b')]],
    ['the same workload on two clusters', [on('prod docs/deployment/web'), on('test docs/deployment/web')]],
    ['a container on two hosts', [docker('a'), docker('b')]],
    ['a container and a workload', [docker('a'), on('prod docs/deployment/web')]],
  ])('is not asked of %s', (_, places) => expect(askWhich('web', places, SLACK)).toBeNull());

  it('is asked of two namespaces, with a button for each', () => {
    const card = askWhich('web', [on('prod shop/deployment/web'), on('prod docs/deployment/web')], SLACK);
    expect(card?.title).toBe('Which web?');
    expect(card?.buttons).toEqual([
      {
        label: 'docs/web on prod',
        style: 'plain',
        press: { action: 'command', run: '', subject: 'docs/web on prod', hash: null },
        confirm: null,
      },
      expect.objectContaining({ label: 'shop/web on prod' }),
    ]);
    expect(card?.parts).toContainEqual({ kind: 'code', text: '/execfmt docs/web on prod\n/execfmt shop/web on prod' });
  });

  it('is asked of two kinds in one namespace, and of a pod that is called like a workload', () => {
    const kinds = [on('prod docs/deployment/web'), on('prod docs/statefulset/web')];
    expect(subjects('docs/web', kinds)).toEqual(['docs/deployment/web on prod', 'docs/statefulset/web on prod']);
    const pods = [on('prod docs/statefulset/db', 'db-0'), on('prod shop/statefulset/db', 'db-0')];
    expect(subjects('db-0', pods)).toEqual(['docs/db-0 on prod', 'shop/db-0 on prod']);
    const both = [on('prod docs/deployment/db-0'), on('prod docs/statefulset/db', 'db-0')];
    expect(subjects('db-0', both)).toEqual(['docs/deployment/db-0 on prod', 'docs/pod/db-0 on prod']);
  });

  it('names the cluster only where there is but one that has it', () => {
    const places = ['prod docs/deployment/web', 'test docs/deployment/web', 'test shop/deployment/web'].map((one) =>
      on(one),
    );
    expect(subjects('web', places)).toEqual(['docs/web', 'shop/web on test']);
  });

  it('shows ten and says how many more there are', () => {
    const places = Array.from({ length: 13 }, (_, at) => on(`prod ns-${at}/deployment/web`));
    const card = askWhich('web', places, SLACK);
    expect(card?.buttons).toHaveLength(10);
    expect(card?.fallback).toContain('13 different workloads are called so. Which one is meant? 3 more are not shown');
  });

  it('can be typed: every answer reads as a command, in a terminal as its own', () => {
    const places = [on('prod docs/deployment/web'), on('prod shop/deployment/web')];
    expect(subjects('web', places)?.map((subject) => readCommand(subject))).toEqual([
      { kind: 'diagnose', target: 'docs/web', on: 'prod' },
      { kind: 'diagnose', target: 'shop/web', on: 'prod' },
    ]);
    const typed = askWhich('web', places, { chat: 'cli', id: 'terminal/1' })?.parts.at(-1);
    expect(typed).toEqual({
      kind: 'code',
      text: 'execfmt diagnose docs/web --on prod\nexecfmt diagnose shop/web --on prod',
    });
  });
});
