import { describe, expect, it } from 'vitest';
import type { Service } from '../../src/app/deps.ts';
import { policiesOf, serviceAt, serviceOn } from '../../src/app/service-at.ts';

const service: Service = {
  name: 'pdf-renderer',
  targets: [{ estate: 'render-01', name: 'renderer' }],
  impact: [],
  image: null,
  platforms: [],
  rebuild: null,
  approvals: null,
};
const deps = { services: new Map([['pdf-renderer', service]]) };
const at = (host: string, container: string) => ({ kind: 'docker', host, container }) as const;

describe('serviceAt', () => {
  it('gives the service where it is configured', () =>
    expect(serviceAt(deps, 'pdf-renderer', at('render-01', 'renderer'))).toBe(service));

  it.each([
    ['another host', 'pdf-renderer', at('render-02', 'renderer')],
    ['another container', 'pdf-renderer', at('render-01', 'pdf-renderer')],
    ['another target', 'renderer', at('render-01', 'renderer')],
  ])('gives none for %s: its rules do not hold there', (_what, target, place) =>
    expect(serviceAt(deps, target, place)).toBeNull(),
  );
});

describe('policies of a service', () => {
  const policy = (name: string) => ({
    name,
    approvers: [`web:${name}`],
    required: 1,
    allowSelf: false,
    expiresInMs: 60_000,
  });
  const staged: Service = {
    ...service,
    approvals: policy('production'),
    targets: [
      { estate: 'render-01', name: 'renderer' },
      { estate: 'stage-01', name: 'renderer', approvals: policy('staging') },
    ],
  };
  const services = { services: new Map([['pdf-renderer', staged]]) };

  it('hold where they are named: the target’s own before the service’s', () => {
    const policyAt = (host: string) => serviceAt(services, 'pdf-renderer', at(host, 'renderer'))?.approvals?.name;
    expect([policyAt('render-01'), policyAt('stage-01')]).toEqual(['production', 'staging']);
  });

  it('are all that name somebody, the service’s first', () => {
    expect(policiesOf(staged).map(({ name }) => name)).toEqual(['production', 'staging']);
    expect(policiesOf({ ...staged, approvals: { ...policy('nobody'), approvers: [] } })).toHaveLength(1);
    expect(policiesOf(service)).toEqual([]);
  });
});

describe('serviceOn', () => {
  it('is the service anywhere, or where it is configured', () => {
    expect(serviceOn(deps, 'pdf-renderer', null)).toBe(service);
    expect(serviceOn(deps, 'pdf-renderer', 'render-01')).toBe(service);
    expect(serviceOn(deps, 'pdf-renderer', 'render-02')).toBeNull();
  });
});
