import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VERSIONED_FILES, withVersion } from './versions.ts';

const read = (file: string) => readFileSync(resolve(import.meta.dirname, '../..', file), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

/** `execfmt:1.2.3`, `VERSION=1.2.3`, `version: "1.2.3"` … */
const NAMED = /(?:execfmt:|VERSION=|ersion: "?)(\d+\.\d+\.\d+)/g;

describe('the version', () => {
  it.each(VERSIONED_FILES)('in %s is that of the package', (file) => {
    const named = [...read(file).matchAll(NAMED)].map(([, found]) => found);
    expect(named.length).toBeGreaterThan(0);
    expect(new Set(named)).toEqual(new Set([version]));
  });

  it.each(VERSIONED_FILES)('in %s can be set, everywhere at once', (file) => {
    const set = withVersion(read(file), version, '98.7.6');
    expect(new Set([...set.matchAll(NAMED)].map(([, found]) => found))).toEqual(new Set(['98.7.6']));
    expect(withVersion(set, '98.7.6', version)).toBe(read(file));
  });

  it('is not mistaken for a part of another', () => {
    expect(withVersion('10.1.0 0.1.0.1 0.1.0 v0.1.01 execfmt:0.1.0.', '0.1.0', '2.0.0')).toBe(
      '10.1.0 0.1.0.1 2.0.0 v0.1.01 execfmt:2.0.0.',
    );
  });
});
