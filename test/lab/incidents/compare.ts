import type { Remedy, Verdict } from '../../../src/playbook/verdict.ts';
import type { Expected, ExpectedRemedy } from './incident-case.ts';
import type { Staged } from './stage.ts';

/** What is compared of `diagnose --json`. */
export interface Diagnosis {
  readonly verdict: Verdict;
  readonly instances: readonly { readonly where: { readonly container: string }; readonly verdict: Verdict }[];
  readonly remedies: readonly Remedy[];
}

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

const show = (value: unknown) => listOf(value).map(String).join(' or ');

const VALUES = ['outcome', 'fault', 'culprit', 'errno', 'confidence'] as const;

function compareValues(verdict: Verdict, expected: Expected): string[] {
  const differences = VALUES.flatMap((key) => {
    const wanted: unknown = expected[key];
    if (wanted === undefined || listOf(wanted).includes(verdict[key])) return [];
    return [`expected ${key} ${show(wanted)}, got ${verdict[key]}`];
  });
  if (expected.origin !== undefined && !listOf(expected.origin).includes(verdict.origin.kind))
    differences.push(
      `expected origin ${show(expected.origin)}, got ${verdict.origin.kind} (${verdict.origin.because})`,
    );
  if (expected.says && !expected.says.test(verdict.summary))
    differences.push(`expected a summary that says ${expected.says}, got "${verdict.summary}"`);
  return differences;
}

const matches = (remedy: Remedy, { kind, fit }: ExpectedRemedy) =>
  listOf(kind).includes(remedy.kind) && (fit === undefined || listOf(fit).includes(remedy.fit));

const describe = ({ kind, fit }: ExpectedRemedy) => `${show(kind)}${fit ? ` (${show(fit)})` : ''}`;

function compareRemedies(remedies: readonly Remedy[], { must = [], mustNot = [] }: Expected): string[] {
  const given = remedies.map(({ kind, fit }) => `${kind} (${fit})`).join(', ') || 'none';
  return [
    ...must
      .filter((wanted) => !remedies.some((remedy) => matches(remedy, wanted)))
      .map((wanted) => `expected the remedy ${describe(wanted)}, got ${given}`),
    ...mustNot
      .filter((wrong) => remedies.some((remedy) => matches(remedy, wrong)))
      .map((wrong) => `expected no remedy ${describe(wrong)}, got ${given}`),
  ];
}

/** Exactly the digests that would run there, never a tag, and nothing that claims to help where nothing is wrong. */
function compareOffers(remedies: readonly Remedy[], { digests, incident }: Staged): string[] {
  const { offers = [], mayOffer = [], outcome, fault } = incident.expected;
  const helpful = remedies.filter(({ fit }) => fit !== 'useless');
  const offered = helpful.filter(({ kind }) => kind === 'rollback-to-digest');
  const nameOf = (digest: string | undefined) =>
    [...digests].find(([, known]) => known === digest)?.[0] ?? digest ?? 'no digest';
  const names = offered.map(({ digest }) => nameOf(digest));
  const differences = [
    ...offers.filter((name) => !names.includes(name)).map((name) => `expected a rollback to ${name}, got ${names}`),
    ...names
      .filter((name) => ![...offers, ...mayOffer].includes(name))
      .map((name) => `expected no rollback to ${name}`),
    ...offered
      .filter(({ image }) => image !== undefined && !image.includes('@sha256:'))
      .map(({ image }) => `expected a digest to go back to, got ${image}`),
  ];
  const nothingToFix = outcome === 'runs' || outcome === 'inconclusive' || fault === 'not-exec-format';
  if (nothingToFix && helpful.length > 0)
    differences.push(`expected no remedy that helps, got ${helpful.map(({ kind, fit }) => `${kind} (${fit})`)}`);
  return differences;
}

function compareInstances({ instances }: Diagnosis, { incident }: Staged): string[] {
  return Object.entries(incident.expected.each ?? {}).flatMap(([as, fault]) => {
    const name = as === '' ? incident.id : `${incident.id}-${as}`;
    const found = instances.find(({ where }) => where.container === name);
    if (found?.verdict.fault === fault) return [];
    return [`expected ${name} to have ${fault}, got ${found ? found.verdict.fault : 'no such instance'}`];
  });
}

/** What a person pastes is one line without anything that moves the cursor, and nothing is proved that is not known. */
function compareWords({ verdict, remedies }: Diagnosis): string[] {
  const said = [verdict.summary, verdict.origin.because, ...remedies.map(({ because }) => because)];
  const differences = said
    .filter((line) => !/^\S.*\S$/.test(line) || /\p{Cc}/u.test(line))
    .map((line) => `expected one line of text, got ${JSON.stringify(line)}`);
  if (verdict.outcome === 'inconclusive' && (verdict.fault !== null || verdict.confidence !== 'possible'))
    differences.push(`expected an inconclusive verdict to claim nothing, got ${verdict.fault} (${verdict.confidence})`);
  return differences;
}

/** All that is wrong in what the bot says of an incident, one line each; empty when it is right. */
export function compare(diagnosis: Diagnosis, staged: Staged): readonly string[] {
  const { expected } = staged.incident;
  return [
    ...compareValues(diagnosis.verdict, expected),
    ...compareRemedies(diagnosis.remedies, expected),
    ...compareOffers(diagnosis.remedies, staged),
    ...compareInstances(diagnosis, staged),
    ...compareWords(diagnosis),
  ];
}
