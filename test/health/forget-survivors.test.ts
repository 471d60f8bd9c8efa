import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forgetSurvivors } from './forget-survivors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'execfmt-mutants-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('leaves what a test noticed, so that everything else is tried again', () => {
  const file = join(folder, 'judge.json');
  const mutants = ['Killed', 'Survived', 'NoCoverage', 'Timeout', 'Ignored'].map((status, id) => ({ id, status }));
  writeFileSync(file, JSON.stringify({ schemaVersion: '1', files: { 'a.ts': { source: 'a', mutants } } }));
  forgetSurvivors(file);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    schemaVersion: '1',
    files: { 'a.ts': { source: 'a', mutants: [mutants[0], mutants[3]] } },
  });
});

it('does nothing before the first run', () => {
  expect(() => forgetSurvivors(join(folder, 'none.json'))).not.toThrow();
});
