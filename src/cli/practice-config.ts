import type { Practice } from '../../adapters/practice/start-practice.ts';
import type { Config } from '../config/config.ts';

/** What the practice incident adds to a configuration. `person` may ask and approve: it is practice. */
export function withPractice(config: Config, practice: Practice, person: string): Config {
  const impact = { metrics: 'practice', recovers: 'falling', unit: null } as const;
  return {
    ...config,
    hosts: [{ name: practice.host, docker: practice.engine, practice: true }, ...config.hosts],
    registries: [
      ...config.registries,
      { host: practice.registry, credentials: null, ca: null, plainHttp: true, mirrors: [], mirrorOf: null },
    ],
    metrics: [...config.metrics, { name: 'practice', kind: 'scrape', url: practice.metrics }],
    services: [
      ...config.services,
      {
        name: practice.service,
        image: `${practice.registry}/${practice.service}`,
        platforms: [],
        targets: [{ kind: 'docker', host: practice.host, container: practice.service }],
        rebuild: null,
        impact: [
          { ...impact, name: 'jobs waiting', series: 'pdf_queue_pending_jobs' },
          { ...impact, name: 'oldest job', series: 'pdf_queue_oldest_job_seconds', unit: 'seconds' },
          {
            ...impact,
            name: 'pages rendered by the service itself',
            series: 'pdf_rendered_pages_total',
            recovers: null,
          },
        ],
        approvals: 'practice',
      },
    ],
    approvals: [
      ...config.approvals,
      { name: 'practice', approvers: [person], required: 1, allowSelf: true, expiresInMs: 30 * 60_000 },
    ],
  };
}
