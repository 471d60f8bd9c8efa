import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allIncidents } from './incidents/all-incidents.ts';
import { tableOf } from './incidents/table.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/incidents.md');
const THREAD = /[\w.-]+#\d+/g;

describe('the incidents', () => {
  it('are the table in docs/incidents.md', () => {
    const table = tableOf(allIncidents);
    if (process.env.UPDATE_DOCS === 'true') writeFileSync(PAGE, table);
    expect(readFileSync(PAGE, 'utf8'), 'run this test with UPDATE_DOCS=true').toBe(table);
  });

  it('have names of their own', () => {
    const names = allIncidents.map(({ id }) => id);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.filter((name) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  it('reconstruct at least 40 public threads, and every part of the field guide that a Docker host can show', () => {
    const sources = allIncidents.map(({ source }) => source).join('; ');
    expect(new Set(sources.match(THREAD)).size).toBeGreaterThanOrEqual(40);
    const scenarios = ['A', 'B', 'C', 'D', 'E'].map((letter) => `scenario ${letter}`);
    const stories = [1, 2, 3].map((number) => `mini-story ${number}`);
    const mistakes = [1, 2, 3, 4, 5, 6].map((number) => `mistake ${number}`);
    const parts = ['answer key', ...scenarios, ...stories, ...mistakes, 'guardrail 2', 'guardrail 4', 'guardrail 5'];
    expect(parts.filter((part) => !sources.includes(part))).toEqual([]);
  });
});
