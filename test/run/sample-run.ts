import type { ActionPlan } from '../../src/approval/plan.ts';
import type { Step } from '../../src/playbook/finding.ts';
import type { Place } from '../../src/playbook/place.ts';
import type { Verdict } from '../../src/playbook/verdict.ts';
import type { RunEvent, RunFact } from '../../src/run/events.ts';

const place: Place = { kind: 'docker', host: 'render-01', container: 'pdf-renderer' };
export const responder = { id: 'slack:U1', name: 'Ada' };
export const approver = { id: 'slack:U2', name: 'Grace' };
export const digestOfV2 = `sha256:${'2'.repeat(64)}`;
export const digestOfV3 = `sha256:${'3'.repeat(64)}`;

const verdict: Verdict = {
  outcome: 'will-not-run',
  fault: 'wrong-platform-image',
  culprit: '/app/render',
  errno: 'ENOEXEC',
  confidence: 'proved',
  origin: { kind: 'built-on-other-arch', confidence: 'likely', because: 'the tag is a single linux/arm64 manifest' },
  summary: 'pdf-renderer on render-01 does not start: /app/render is for arm64.',
};

export const step = (id: Step['id'], observed = 'linux x86_64'): Step => ({
  id,
  title: `Step ${id}`,
  status: 'problem',
  elapsedMs: 40,
  findings: [
    { check: 'Host architecture', command: 'docker info', observed, meaning: 'm', decision: 'd', where: place },
  ],
});

export const plan: ActionPlan = {
  id: 'p1',
  run: 'r-test',
  kind: 'rollback-to-digest',
  where: place,
  service: 'pdf-renderer',
  current: {
    instanceId: 'c'.repeat(64),
    imageId: `sha256:${'9'.repeat(64)}`,
    reference: 'registry.corp.io/pdf-renderer:v3',
    digest: digestOfV3,
  },
  proposed: {
    reference: `registry.corp.io/pdf-renderer@${digestOfV2}`,
    digest: digestOfV2,
    platform: 'linux/amd64',
    knownAs: 'v2',
  },
  proof: 'v2 is proved to start here.',
  calls: [`docker pull registry.corp.io/pdf-renderer@${digestOfV2}`],
  policy: 'production',
  requestedBy: responder,
  expiresAt: '2026-11-21T09:30:00.000Z',
  hash: 'h1',
};

export const approvals = { policy: 'production', approvers: [approver.id], required: 1, allowSelf: false };

export const opened: Extract<RunFact, { type: 'opened' }> = {
  type: 'opened',
  target: 'pdf-renderer',
  on: null,
  by: responder,
  conversation: { chat: 'slack', id: 'T1/C1' },
  practice: false,
};

export const reached: Extract<RunFact, { type: 'verdict-reached' }> = {
  type: 'verdict-reached',
  verdict,
  instances: [{ where: place, verdict }],
  remedies: [
    { kind: 'rebuild', fit: 'fixes', because: 'the clean fix', where: place },
    {
      kind: 'rollback-to-digest',
      fit: 'fixes',
      because: 'v2 is proved to start here.',
      digest: digestOfV2,
      image: `registry.corp.io/pdf-renderer@${digestOfV2}`,
      platform: 'linux/amd64',
      knownAs: 'v2',
      where: place,
    },
  ],
  impact: [
    {
      name: 'jobs waiting',
      series: 'pdf_queue_pending_jobs',
      value: 1847,
      at: '2026-11-21T09:00:01.000Z',
      recovers: 'falling',
      unit: null,
    },
  ],
  elapsedMs: 812,
  approvals,
};

/** Events out of facts, one second apart, from 09:00:00 UTC. */
export function eventsOf(...facts: RunFact[]): RunEvent[] {
  return facts.map((fact, index) => ({
    run: 'r-test',
    seq: index + 1,
    key: `k${index}`,
    at: new Date(Date.UTC(2026, 10, 21, 9, 0, index)).toISOString(),
    fact,
  }));
}
