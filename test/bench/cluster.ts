import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { bigCluster } from '../estate/kubernetes/big-cluster.ts';

const ROUNDS = 100;

setFlagsFromString('--expose-gc');
/** A full garbage collection, so that only what is held is counted. */
const collect = runInNewContext('gc') as () => void;

function heldBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** How long it takes to find a name among 2,000 pods of 100 namespaces, the stand-in API server's own time included. */
export async function measureCluster(): Promise<{ medianMs: number; requests: number; memoryMiB: number[] }> {
  const { estate, server } = await bigCluster();
  const signal = new AbortController().signal;
  const times: number[] = [];
  const memoryMiB: number[] = [];
  let requests = 0;
  try {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const began = performance.now();
      const found = await estate.find('pdf-renderer', signal);
      times.push(performance.now() - began);
      if (found.kind === 'probe-failed') throw new Error(found.why.message);
      requests += server.asked.splice(0).length;
      if (round % 10 === 0) memoryMiB.push(Math.round(heldBytes() / 1024 / 1024));
    }
    const medianMs = Math.round(times.sort((a, b) => a - b)[ROUNDS / 2] ?? 0);
    return { medianMs, requests: requests / ROUNDS, memoryMiB };
  } finally {
    await server.close();
  }
}
