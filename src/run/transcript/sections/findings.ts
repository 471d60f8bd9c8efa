import type { Finding } from '../../../playbook/finding.ts';
import { describePlace } from '../../../playbook/place.ts';
import { type Block, facts, heading, type Section, text } from '../document.ts';
import { formatUtc, type Subject, since } from '../subject.ts';
import { isPrevention } from './prevention.ts';

/** Each step of the playbook with its findings: the command, what was observed, what it means, what to do. */
export function findingsSection(subject: Subject): Section {
  const { steps } = subject.state;
  const blocks = steps.flatMap(({ step, at }) => [
    heading(3, `${step.title}: ${step.status}`),
    text(`Step ${step.id}, ${formatUtc(at)}, ${since(subject, at)} after the command.`),
    ...step.findings.filter((finding) => !isPrevention(finding)).flatMap(findingBlocks),
  ]);
  return { id: 'findings', title: 'Findings', blocks: blocks.length > 0 ? blocks : [text('No step was finished.')] };
}

function findingBlocks({ check, command, observed, meaning, decision, where }: Finding): readonly Block[] {
  return [
    heading(4, where ? `${check} (${describePlace(where)})` : check),
    { kind: 'code', text: `$ ${command}\n${observed}` },
    facts(['Means', meaning], ['Decision', decision]),
  ];
}
