import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { buildIncidentImages } from '../../adapters/practice/incident-images.ts';
import { serveRegistry } from '../../adapters/practice/registry.ts';
import { createImageSource } from '../../adapters/registry/oci/image-source.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Estate } from '../../src/ports/estate.ts';
import type { ImageSource } from '../../src/ports/image-source.ts';
import { quiet } from '../app/quiet-log.ts';
import { bigCluster } from '../estate/kubernetes/big-cluster.ts';
import type { FakeApiServer } from '../estate/kubernetes/fake-api-server.ts';
import { diagnose, SERVICE } from './diagnosis.ts';

const ROUNDS = 100;
const DIAGNOSES = 11;

setFlagsFromString('--expose-gc');
/** A full garbage collection, so that only what is held is counted. */
const collect = runInNewContext('gc') as () => void;

function heldBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

export interface ClusterReport {
  /** To find a name that is in all namespaces, the stand-in API server's own time included. */
  readonly findMs: number;
  readonly requests: number;
  /** From the command to the verdict on one of these workloads, the others judged too. */
  readonly diagnoseMs: number;
  readonly diagnoseRequests: number;
  readonly memoryMiB: readonly number[];
}

/** Measures a cluster of 2,000 pods in 100 namespaces: finding a name, and a whole diagnosis. Medians. */
export async function measureCluster(): Promise<ClusterReport> {
  const { v2 } = await buildIncidentImages(Date.now());
  const registry = await serveRegistry({ [SERVICE]: { v2 } });
  const registries = { [registry.address]: { plainHttp: true } };
  const source = createImageSource({ registries, dockerConfigPath: null, log: quiet, clock: systemClock });
  const image = { reference: `${registry.address}/${SERVICE}:v2`, digest: v2.digest, source };
  const { estate, server } = await bigCluster({ image });
  try {
    const found = await measureFind(estate, server);
    const [diagnoseMs, diagnoseRequests] = await measureDiagnoses(estate, server, source);
    return { ...found, diagnoseMs, diagnoseRequests };
  } finally {
    await server.close();
    await registry.close();
  }
}

async function measureFind(estate: Estate, server: FakeApiServer) {
  const signal = new AbortController().signal;
  const times: number[] = [];
  const memoryMiB: number[] = [];
  let requests = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const began = performance.now();
    const found = await estate.find(SERVICE, signal);
    times.push(performance.now() - began);
    if (found.kind === 'probe-failed') throw new Error(found.why.message);
    requests += server.asked.splice(0).length;
    if (round % 10 === 0) memoryMiB.push(Math.round(heldBytes() / 1024 / 1024));
  }
  return { findMs: median(times), requests: requests / ROUNDS, memoryMiB };
}

async function measureDiagnoses(estate: Estate, server: FakeApiServer, images: ImageSource): Promise<[number, number]> {
  const targets = [{ estate: estate.name, name: `ns-7/deployment/${SERVICE}` }];
  const service = { name: SERVICE, targets, image: null, platforms: [], impact: [], rebuild: null, approvals: null };
  const stage = {
    services: new Map([[SERVICE, service]]),
    estates: new Map([[estate.name, estate]]),
    swappers: new Map(),
    images,
  };
  const times: number[] = [];
  for (let turn = 0; turn < DIAGNOSES; turn += 1) {
    server.asked.splice(0);
    times.push((await diagnose(stage)).ms);
  }
  return [median(times), server.asked.length];
}

const median = (times: number[]): number => Math.round(times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0);
