import type { RollbackCandidate } from '../../src/playbook/instance-evidence.ts';
import { accepted } from './sample-evidence.ts';

/** What ran on the host before and would start there, with what a test is about set by it. */
export function sampleCandidate(set: Partial<RollbackCandidate> & Pick<RollbackCandidate, 'image' | 'digest'>) {
  const sample: RollbackCandidate = {
    knownAs: 'v2',
    wasHere: true,
    hadTag: false,
    ran: null,
    kind: 'manifest',
    platform: 'linux/amd64',
    outcome: accepted,
    unusableBecause: null,
    ...set,
  };
  return sample;
}
