import { beginIncident, SERVICE } from '../../adapters/practice/begin-incident.ts';
import { createEngine } from '../../adapters/practice/engine/engine.ts';
import { serveEngine } from '../../adapters/practice/engine/serve-engine.ts';
import { buildIncidentImages } from '../../adapters/practice/incident-images.ts';
import { JobQueue } from '../../adapters/practice/job-queue.ts';
import { serveRegistry } from '../../adapters/practice/registry.ts';
import { runRenderer } from '../../adapters/practice/renderer-program.ts';
import { type Gate, openGate } from './open-gate.ts';

/** The practice incident, with a gate before its engine and one before its registry. */
export interface Estate {
  readonly engine: Gate;
  readonly registry: Gate;
  /** YAML: the host, and so many services that are all its one container. */
  configuration(services: number, approvers?: readonly string[]): string;
  stop(): Promise<void>;
}

/** Starts the incident in this process. */
export async function startEstate(): Promise<Estate> {
  const queue = new JobQueue({ now: Date.now, drainSeconds: 5 });
  const program: Parameters<typeof createEngine>[0]['program'] = (container, print) =>
    runRenderer(container, print, queue);
  const practice = createEngine({ hostName: 'practice-01', now: Date.now, program });
  const { v2, v3 } = await buildIncidentImages(Date.now());
  const images = await serveRegistry({ [SERVICE]: { v2, v3 } });
  const registry = await openGate(images.address);
  await beginIncident(practice, registry.address);
  const served = await serveEngine(practice);
  const engine = await openGate(served.address);
  return {
    engine,
    registry,
    configuration(services, approvers = []) {
      const policy = approvers.length > 0 ? ', approvals: faults' : '';
      const names = Array.from({ length: services }, (_, n) => `svc-${n}`);
      const target = `targets: [{ host: practice-01, container: ${SERVICE} }]`;
      return [
        `hosts: { practice-01: { docker: "tcp://${engine.address}" } }`,
        `registries: { "${registry.address}": { plainHttp: true } }`,
        ...(policy ? [`approvals: { faults: { approvers: ${JSON.stringify(approvers)} } }`] : []),
        'services:',
        ...names.map((name) => `  ${name}: { image: "${registry.address}/${SERVICE}", ${target}${policy} }`),
      ].join('\n');
    },
    async stop() {
      practice.clear();
      await Promise.all([engine.stop(), registry.stop(), served.close(), images.close()]);
    },
  };
}
