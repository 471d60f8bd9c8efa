import { describe, expect, it } from 'vitest';
import { readHistory } from '../../src/image/history.ts';
import { copyTargets, hintedLayer } from '../../src/image/layer-hints.ts';

const targetsOf = (...steps: (string | null)[]) =>
  copyTargets(readHistory(steps.map((step) => (step === null ? { empty_layer: true } : { created_by: step }))));

describe('what an image’s history says of its layers', () => {
  it('leaves out steps without a layer', () => {
    const targets = targetsOf('/bin/sh -c #(nop) ADD file:abc in / ', null, 'COPY a b /app/ # buildkit', 'RUN make');
    expect(targets).toEqual(['/', '/app/', null]);
  });

  it('takes relative targets for unknown ones', () => {
    expect(targetsOf('COPY . . # buildkit')).toEqual([null]);
  });

  it.each([
    ['/app/render', ['/app/render'], 0],
    ['/app', ['/app/render'], 0],
    ['/app/bin/render', ['/app', null], 0],
    ['/app/render', ['/app/', '/app'], 1],
    ['/apple', ['/app'], null],
    ['/app', ['/'], null],
    ['/', ['/app'], null],
    ['/app', [null], null],
  ])('%s with %j is hinted at by layer %j', (path, targets, expected) => {
    expect(hintedLayer(path, targets)).toBe(expected);
  });
});
