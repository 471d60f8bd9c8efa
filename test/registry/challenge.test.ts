import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../adapters/registry/oci/challenge.ts';

const plain = (header: string | string[] | undefined) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('parseChallenges', () => {
  it.each<[string | string[] | undefined, unknown]>([
    [undefined, []],
    ['', []],
    ['Basic', [['basic', {}]]],
    ['Basic realm="x"', [['basic', { realm: 'x' }]]],
    [
      'Bearer realm="https://a/t?x=1,2",service="r, s",scope="repository:x:pull"',
      [['bearer', { realm: 'https://a/t?x=1,2', service: 'r, s', scope: 'repository:x:pull' }]],
    ],
    ['BEARER Realm = unquoted , service="s"', [['bearer', { realm: 'unquoted', service: 's' }]]],
    ['Basic realm="a \\"b\\" \\\\"', [['basic', { realm: 'a "b" \\' }]]],
    [
      'Basic realm="x", Bearer realm="y",service="z"',
      [
        ['basic', { realm: 'x' }],
        ['bearer', { realm: 'y', service: 'z' }],
      ],
    ],
    [
      ['Negotiate', 'Basic realm="x"'],
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    [
      'Negotiate YWJj==, Basic realm="x"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    ['"nonsense', []],
  ])('%j', (header, expected) => {
    expect(plain(header)).toEqual(expected);
  });

  it('takes no value from a text that never ends', () => {
    expect(plain(`Bearer realm="${'\\'.repeat(1_000_000)}`)).toEqual([['bearer', { realm: '' }]]);
  });
});
