import { ORIGINS, REMEDY_KINDS } from '../../../src/playbook/verdict.ts';
import type { Expected, ExpectedRemedy, IncidentCase } from './incident-case.ts';

const HEAD = `# Incidents

Each row is an incident that is reconstructed in \`test/lab/incidents/\`: real images in a real registry, started by a real Docker engine. The
test runs \`execfmt diagnose\` on each and compares the answer with this table. The table is written from the same data
(\`UPDATE_DOCS=true npx vitest run test/lab/incidents-table.test.ts\`).

Where several answers stand in one cell, each would be right. A dash means that nothing is asked there. A source is a public thread on GitHub
(\`owner/repository#number\`), a part of the field guide (an article on exec format errors in containers, with the answer key of an exercise), a
known cause, or a requirement: something that must not be mistaken for an incident.

| incident | what happened | what people saw | fault | culprit | origin | helps | does not help | source |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
`;

const DASH = '–';

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];

/** Text for a cell: what would end the cell or the line is escaped. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\r', '\\r').replaceAll('\n', ' ');

const codes = (values: readonly (string | null)[]) =>
  values.length === 0 ? DASH : values.map((value) => (value === null ? 'unknown' : `\`${cell(value)}\``)).join(' or ');

const isUseless = ({ fit }: ExpectedRemedy) => listOf(fit).every((one) => one === 'useless');

function helpful({ must = [], offers = [] }: Expected): string {
  const kinds = must.filter((remedy) => !isUseless(remedy)).map(({ kind }) => codes(listOf(kind)));
  const rollbacks = offers.length > 0 ? [`\`rollback-to-digest\` (${offers.join(', ')})`] : [];
  return [...kinds, ...rollbacks].join(', ') || DASH;
}

function useless({ must = [], mustNot = [] }: Expected): string {
  const named = new Set([...must.filter(isUseless), ...mustNot].flatMap(({ kind }) => listOf(kind)));
  return (
    REMEDY_KINDS.filter((kind) => named.has(kind))
      .map((kind) => `\`${kind}\``)
      .join(', ') || DASH
  );
}

function rowOf({ id, title, symptom, source, expected }: IncidentCase): string {
  const origins = ORIGINS.filter((origin) => listOf(expected.origin).includes(origin));
  const cells = [
    `\`${id}\``,
    cell(title),
    cell(symptom),
    codes(listOf(expected.fault)),
    expected.culprit === null ? DASH : codes(listOf(expected.culprit)),
    codes(origins),
    helpful(expected),
    useless(expected),
    cell(source),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** `docs/incidents.md`: one row for each incident, in their order. */
export function tableOf(incidents: readonly IncidentCase[]): string {
  return `${HEAD}${incidents.map(rowOf).join('\n')}\n`;
}
