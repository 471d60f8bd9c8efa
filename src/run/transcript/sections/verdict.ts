import { describePlace } from '../../../playbook/place.ts';
import type { Verdict } from '../../../playbook/verdict.ts';
import { type Block, facts, heading, type Section, text } from '../document.ts';
import type { Subject } from '../subject.ts';

const FIT = { fixes: 'fixes', mitigates: 'helps for now', useless: 'would not help' } as const;

/** How sure a verdict is, in words. */
const PROOF: Readonly<Record<Verdict['confidence'], string>> = {
  proved: 'proved: the model of execve(2), run on the actual bytes, gives the symptom that was observed',
  likely: 'likely: the evidence fits, and one part of it was not seen directly',
  possible: 'possible: the evidence is incomplete or contradicts itself',
};

/** The verdict with its proof, one for each instance, and the ways out with their fit. */
export function verdictSection({ state }: Subject): Section {
  const { verdict: reached } = state;
  if (!reached) return { id: 'verdict', title: 'Verdict', blocks: [text('No verdict was reached.')] };
  const several = reached.instances.length > 1;
  const blocks: Block[] = [
    text(reached.verdict.summary),
    verdictFacts(reached.verdict),
    ...(several
      ? reached.instances.flatMap(({ where, verdict }) => [
          heading(3, describePlace(where)),
          text(verdict.summary),
          verdictFacts(verdict),
        ])
      : []),
  ];
  if (reached.remedies.length > 0) {
    const items = reached.remedies.map(
      ({ kind, fit, because, image, knownAs }) =>
        `${kind} (${FIT[fit]})${image ? `, ${knownAs ? `${knownAs} ` : ''}${image}` : ''}: ${because}`,
    );
    blocks.push(heading(3, 'Ways out'), { kind: 'list', items });
  }
  return { id: 'verdict', title: 'Verdict', blocks };
}

function verdictFacts({ outcome, fault, culprit, errno, confidence, origin }: Verdict): Block {
  return facts(
    ['Result', outcome],
    ['Fault', fault ?? 'unknown'],
    ['Culprit', culprit ?? 'none'],
    ['Kernel says', errno ?? 'nothing'],
    ['Proof', PROOF[confidence]],
    ['Origin', `${origin.kind} (${origin.confidence}): ${origin.because}`],
  );
}
