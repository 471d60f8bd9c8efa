import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/exit-status.ts';
import { pagePeople } from '../../src/cli/page-people.ts';

const person = (name: string, variable: string) => ({ name, token: { kind: 'env', name: variable } }) as const;

describe('the people of the page', () => {
  it('are none where nobody is named', async () => expect(await pagePeople([], {})).toEqual([]));

  it('have the tokens of the environment, without the line end behind them', async () => {
    const environment = { A: 'a'.repeat(20), B: `${'b'.repeat(30)}\n` };
    expect(await pagePeople([person('ada', 'A'), person('bob', 'B')], environment)).toEqual([
      { name: 'ada', token: 'a'.repeat(20) },
      { name: 'bob', token: 'b'.repeat(30) },
    ]);
  });

  it.each([
    [{}, 'ada: The environment variable A'],
    [{ A: 'nineteen-characters' }, 'ada: the token has fewer than 20 characters'],
    [{ A: `  ${'x'.repeat(10)}          ` }, 'fewer than 20'],
    [{ A: 'the-same-token-for-both', B: 'the-same-token-for-both' }, 'ada and bob have the same token'],
  ])('are refused with %o, in words without any of it', async (environment, message) => {
    const reading = pagePeople([person('ada', 'A'), person('bob', 'B')], environment);
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.not.toThrow(/nineteen-|the-same-token-for|xxxx/);
  });
});
