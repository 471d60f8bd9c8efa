import type { Finding } from '../finding.ts';
import type { InstanceEvidence, PoolRow } from '../instance-evidence.ts';
import { probeFailed } from './step.ts';

const NAMED = 3;

/** Which of the nodes that an instance may be scheduled to would run it; none where there is no scheduler, or but one kind of node. */
export function explainPool({ place, cli, pool }: InstanceEvidence): readonly Finding[] {
  if (pool === null) return [];
  const check = 'Nodes it may be scheduled to';
  const command = `${cli} get nodes -L kubernetes.io/arch`;
  if (pool.kind === 'probe-failed') return [probeFailed(check, command, pool.why, place)];
  const { rows, total } = pool.value;
  if (rows.length < 2) return [];
  const eligible = rows.reduce((sum, { count }) => sum + count, 0);
  const refusing = rows.filter((row) => row.outcome.kind === 'known' && !runsOn(row));
  return [
    {
      check,
      command,
      observed: rows.map(describeRow).join('\n'),
      meaning: `The pool is mixed: ${eligible} of ${total} nodes may be given this pod, of ${rows.length} kinds.`,
      decision:
        refusing.length > 0
          ? 'Publish every platform of the pool under one index, or keep the pod to the nodes that would run it.'
          : 'None of them is known to refuse it.',
      where: place,
    },
  ];
}

/** Whether the kernel model is sure that it would run there. */
export function runsOn({ outcome }: PoolRow): boolean {
  return outcome.kind === 'known' && outcome.value.outcome === 'runs';
}

function describeRow(row: PoolRow): string {
  const named = row.nodes.slice(0, NAMED).join(', ');
  const who = row.count > NAMED ? `${named} and ${row.count - NAMED} more` : named;
  const how = row.outcome.kind === 'known' ? row.outcome.value.because : row.outcome.why.message;
  return `${row.platform} (${who}): ${runsOn(row) ? 'would run it' : how}`;
}
