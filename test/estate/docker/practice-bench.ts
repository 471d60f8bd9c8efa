import { buildIncidentImages } from '../../../adapters/practice/incident-images.ts';
import { serveRegistry } from '../../../adapters/practice/registry.ts';
import { startPractice } from '../../../adapters/practice/start-practice.ts';
import { type Bench, openBench } from './incident-bench.ts';

/** A bench on the practice engine, which needs nothing of the machine. */
export async function practiceBench(): Promise<Bench> {
  const practice = await startPractice();
  const images = await buildIncidentImages(Date.now());
  const registry = await serveRegistry({ 'pdf-renderer': { v2: images.v2, v3: images.v3 } });
  return openBench(practice.engine, registry.address, 'amd64', images, async () => {
    await registry.close();
    await practice.stop();
  });
}
