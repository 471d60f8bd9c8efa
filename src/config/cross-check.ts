import type { WrittenConfig } from './schema.ts';
import { nearest } from './suggest.ts';

/** A reference to something that is not there, or a rule that spans several keys. */
export interface CrossMistake {
  readonly path: readonly (string | number)[];
  readonly what: string;
}

/** What a schema cannot see: names that must exist elsewhere in the configuration. */
export function crossCheck(config: WrittenConfig): readonly CrossMistake[] {
  const mistakes: CrossMistake[] = [];
  const expect = (path: readonly (string | number)[], word: string, among: object, kind: string) => {
    if (Object.hasOwn(among, word)) return;
    const near = nearest(word, Object.keys(among), 1)[0];
    const known = Object.keys(among).join(', ') || 'none';
    mistakes.push({
      path,
      what: `there is no ${kind} ${word}${near ? `; did you mean ${near}?` : `; there are: ${known}`}`,
    });
  };
  for (const [name, service] of Object.entries(config.services)) {
    service.targets.forEach((target, index) => {
      const at = ['services', name, 'targets', index];
      if ('host' in target) expect([...at, 'host'], target.host, config.hosts, 'host');
      else expect([...at, 'cluster'], target.cluster, config.clusters, 'cluster');
    });
    service.impact?.forEach((impact, index) => {
      expect(['services', name, 'impact', index, 'metrics'], impact.metrics, config.metrics, 'metrics source');
    });
    if (service.approvals)
      expect(['services', name, 'approvals'], service.approvals, config.approvals, 'approvals policy');
    if (service.rebuild) expect(['services', name, 'rebuild', 'ci'], service.rebuild.ci, config.ci, 'ci');
  }
  for (const [name, policy] of Object.entries(config.approvals)) {
    const everyoneNamed = policy.approvers.every((approver) => !approver.includes('-group:'));
    if (everyoneNamed && policy.required > new Set(policy.approvers).size) {
      mistakes.push({
        path: ['approvals', name, 'required'],
        what: `${policy.required} approvals can never be given by ${policy.approvers.length} people`,
      });
    }
  }
  return mistakes;
}
