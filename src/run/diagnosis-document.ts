import type { Verdict } from '../playbook/verdict.ts';
import type { RunState } from './run-state.ts';

/** The document of `execfmt diagnose --json`, as the contract has it. */
export function diagnosisDocument(state: RunState): Record<string, unknown> {
  const reached = state.verdict;
  return {
    run: state.run,
    target: state.target,
    startedAt: state.openedAt,
    elapsedMs:
      reached?.elapsedMs ??
      (state.failure ? Math.max(0, Date.parse(state.failure.at) - Date.parse(state.openedAt)) : 0),
    verdict: reached?.verdict ?? inconclusive(state),
    instances: reached?.instances ?? [],
    steps: state.steps.map(({ step }) => step),
    remedies: reached?.remedies ?? [],
  };
}

/** A run that found nothing to look at is inconclusive, and says why. */
function inconclusive(state: RunState): Verdict {
  return {
    outcome: 'inconclusive',
    fault: null,
    culprit: null,
    errno: null,
    confidence: 'possible',
    origin: { kind: 'unknown', confidence: 'possible', because: 'nothing could be gathered' },
    summary: state.failure?.message ?? 'The run has not ended.',
  };
}

/** The exit status of `execfmt diagnose`: 0 would run, 1 a fault was found, 3 inconclusive. */
export function diagnosisExitStatus(state: RunState): 0 | 1 | 3 {
  const outcome = state.verdict?.verdict.outcome ?? 'inconclusive';
  return outcome === 'runs' ? 0 : outcome === 'will-not-run' ? 1 : 3;
}
