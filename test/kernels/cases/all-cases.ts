import { DIALECTS } from '../dialects.ts';
import { dice } from '../dice.ts';
import { type Family, type KernelCase, materialOf } from './case.ts';
import { handlers } from './handlers.ts';
import { cuts, extremes, headers, kinds, loaders, mutations, tables } from './headers.ts';
import { ends, entries, layouts, linked, places, spans } from './layouts.ts';
import { links, modes, paths } from './names.ts';
import { properties } from './properties.ts';
import { lengths, lines, nesting, scraps } from './scripts.ts';

/** Every family, and its part of a thousand cases. */
const FAMILIES: Readonly<Record<string, readonly [Family, number]>> = {
  lines: [lines, 40],
  lengths: [lengths, 40],
  nesting: [nesting, 30],
  modes: [modes, 40],
  paths: [paths, 50],
  links: [links, 20],
  headers: [headers, 130],
  kinds: [kinds, 60],
  tables: [tables, 30],
  cuts: [cuts, 50],
  mutations: [mutations, 150],
  loaders: [loaders, 80],
  layouts: [layouts, 80],
  linked: [linked, 40],
  places: [places, 50],
  entries: [entries, 30],
  spans: [spans, 20],
  properties: [properties, 30],
  handlers: [handlers, 60],
  ends: [ends, 40],
  scraps: [scraps, 40],
  extremes: [extremes, 60],
};

/** A case and what it is called in a recording. */
export interface NamedCase extends KernelCase {
  readonly family: string;
  readonly index: number;
}

/** The cases of a GOARCH: always the same ones for the same seed, about `thousands` times a thousand of them. */
export function* casesOf(arch: string, seed: number, thousands: number): Generator<NamedCase> {
  const kinds = DIALECTS[arch];
  if (!kinds) throw new Error(`There is no machine code for ${arch} in test/kernels/dialects.ts.`);
  const [own, ...others] = kinds;
  const material = materialOf(arch, own, others);
  let number = 0;
  for (const [family, [make, share]] of Object.entries(FAMILIES)) {
    number += 1;
    const choices = dice(seed * 1000 + number);
    for (let index = 0; index < share * thousands; index += 1) yield { family, index, ...make(choices, material) };
  }
}
