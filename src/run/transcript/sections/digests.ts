import { describePlace } from '../../../playbook/place.ts';
import { type Block, type Section, table, text } from '../document.ts';
import type { Subject } from '../subject.ts';
import { tellPlan } from '../tell-plan.ts';

const DIGEST = /\bsha256:[0-9a-f]{64}\b/g;

/** The exact digests: what ran before and after each action, and where each digest was seen. */
export function digestsSection({ state }: Subject): Section {
  const changes = state.actions.map(({ plan, finished }) => {
    const { from, to } = tellPlan(plan);
    return [describePlace(plan.where), from, to, finished?.outcome ?? 'not carried out'];
  });
  const blocks: Block[] = [];
  if (changes.length > 0)
    blocks.push(table('Digests before and after each action', ['Where', 'Before', 'Proposed', 'Outcome'], changes));
  const seen = seenDigests(state);
  if (seen.length > 0) blocks.push(table('Where each digest was seen', ['Digest', 'Seen in'], seen));
  if (blocks.length === 0) blocks.push(text('No digest was seen.'));
  return { id: 'digests', title: 'Digests', blocks };
}

function seenDigests({ steps, verdict, actions }: Subject['state']): readonly (readonly string[])[] {
  const seen = new Map<string, Set<string>>();
  const note = (from: string, where: string) => {
    for (const [digest] of from.matchAll(DIGEST)) seen.set(digest, (seen.get(digest) ?? new Set()).add(where));
  };
  for (const { step } of steps) for (const { check, observed } of step.findings) note(observed, check);
  for (const remedy of verdict?.remedies ?? []) note(remedy.digest ?? '', `way out: ${remedy.kind}`);
  for (const { plan } of actions)
    for (const [digest, what] of tellPlan(plan).digests) note(digest, `plan ${plan.id}: ${what}`);
  return [...seen].map(([digest, where]) => [digest, [...where].join('; ')]);
}
