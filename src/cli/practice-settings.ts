import type { Practice } from '../../adapters/practice/start-practice.ts';
import type { Service } from '../app/deps.ts';
import type { Settings } from './settings.ts';

/** The part of the settings that the practice incident adds. `person` may ask and approve: it is practice. */
export function practiceSettings(
  practice: Practice,
  person: string,
): Pick<Settings, 'hosts' | 'registries' | 'metrics' | 'services'> {
  const service: Service = {
    name: practice.service,
    targets: [{ estate: practice.host, name: practice.service }],
    impact: [
      { source: 'practice', name: 'jobs waiting', series: 'pdf_queue_pending_jobs', recovers: 'falling', unit: null },
      {
        source: 'practice',
        name: 'oldest job',
        series: 'pdf_queue_oldest_job_seconds',
        recovers: 'falling',
        unit: 'seconds',
      },
      {
        source: 'practice',
        name: 'pages rendered by the service itself',
        series: 'pdf_rendered_pages_total',
        recovers: null,
        unit: null,
      },
    ],
    approvals: { name: 'practice', approvers: [person], required: 1, allowSelf: true, expiresInMs: 30 * 60_000 },
  };
  return {
    hosts: [{ name: practice.host, docker: practice.engine, tls: null, practice: true }],
    registries: [{ name: practice.registry, username: null, password: null, plainHttp: true, ca: null }],
    metrics: [{ name: 'practice', kind: 'scrape', url: practice.metrics }],
    services: [service],
  };
}
