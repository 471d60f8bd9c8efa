import { describe, expect, it } from 'vitest';
import { parsePlatform } from '../../src/image/platform.ts';
import { fittingEntries, selectPlatform } from '../../src/image/select-platform.ts';

const entry = (text: string | null) => ({ text, platform: text === null ? null : parsePlatform(text) });
const choose = (host: string, entries: (string | null)[]) =>
  selectPlatform(entries.map(entry), parsePlatform(host)!)?.text;

describe('selectPlatform', () => {
  it.each<[string, (string | null)[], string | null | undefined]>([
    ['linux/amd64', ['linux/arm64', 'linux/amd64'], 'linux/amd64'],
    ['linux/amd64', ['linux/arm64'], undefined],
    ['linux/amd64', ['windows/amd64'], undefined],
    ['linux/amd64', ['linux/386', 'linux/amd64'], 'linux/amd64'],
    ['linux/amd64', ['linux/386'], 'linux/386'],
    ['linux/amd64', ['linux/amd64/v3', 'linux/amd64'], 'linux/amd64'],
    ['linux/amd64', ['linux/amd64/v2'], undefined],
    ['linux/amd64/v3', ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v4'], 'linux/amd64/v2'],
    ['linux/amd64', ['linux/amd64/v1'], 'linux/amd64/v1'],
    ['linux/arm64', ['linux/arm64/v8'], 'linux/arm64/v8'],
    ['linux/arm64/v8', ['linux/arm64'], 'linux/arm64'],
    ['linux/arm64', ['linux/arm64/v9', 'linux/arm/v7'], 'linux/arm/v7'],
    ['linux/arm64/v9', ['linux/arm64', 'linux/arm64/v9'], 'linux/arm64/v9'],
    ['linux/arm/v7', ['linux/arm/v5', 'linux/arm/v6', 'linux/arm64'], 'linux/arm/v6'],
    ['linux/arm/v6', ['linux/arm/v7', 'linux/arm/v5'], 'linux/arm/v5'],
    ['linux/arm', ['linux/arm/v7'], 'linux/arm/v7'],
    ['linux/arm/v6', ['linux/arm'], undefined],
    ['linux/s390x', [null, 'linux/s390x'], 'linux/s390x'],
    ['linux/s390x', [null], null],
    ['linux/s390x', [], undefined],
  ])('%s of %j is %s', (host, entries, expected) => {
    expect(choose(host, entries)).toBe(expected);
  });

  it('takes the first of equals, and ranks the rest behind it', () => {
    const entries = ['linux/386', 'linux/amd64', 'linux/amd64/v1', null].map((text, at) => ({ ...entry(text), at }));
    expect(fittingEntries(entries, parsePlatform('linux/amd64')!).map(({ at }) => at)).toEqual([1, 2, 0, 3]);
  });
});
