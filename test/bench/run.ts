import { measureCluster } from './cluster.ts';
import { measurePredict } from './predict.ts';

/** `npm run bench`: what the documentation says of speed, measured. */
const say = (line = '') => process.stdout.write(`${line}\n`);

say('## Predicting (`execfmt predict --batch`, one process)');
const { perSecond, memoryMiB, cases } = await measurePredict();
say(`- ${perSecond.toLocaleString('en')} small cases a second once warm`);
say(`- resident memory over ${cases.toLocaleString('en')} cases, at each tenth: ${memoryMiB.join(', ')} MiB`);

say('## Finding a target on a cluster (2,000 pods in 100 namespaces)');
const cluster = await measureCluster();
say(`- ${cluster.medianMs} ms by a name that is in all of them, with ${cluster.requests} requests`);
say(`- memory held after each ten rounds: ${cluster.memoryMiB.join(', ')} MiB`);
