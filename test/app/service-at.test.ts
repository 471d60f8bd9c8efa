import { describe, expect, it } from 'vitest';
import type { Service } from '../../src/app/deps.ts';
import { serviceAt, serviceOn } from '../../src/app/service-at.ts';

const service: Service = {
  name: 'pdf-renderer',
  targets: [{ estate: 'render-01', name: 'renderer' }],
  impact: [],
  image: null,
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

describe('serviceOn', () => {
  it('is the service anywhere, or where it is configured', () => {
    expect(serviceOn(deps, 'pdf-renderer', null)).toBe(service);
    expect(serviceOn(deps, 'pdf-renderer', 'render-01')).toBe(service);
    expect(serviceOn(deps, 'pdf-renderer', 'render-02')).toBeNull();
  });
});
