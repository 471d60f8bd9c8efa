import { measurePredict } from './predict.ts';

/** `npm run bench`: what the documentation says of speed, measured. */
const say = (line = '') => process.stdout.write(`${line}\n`);

say('## Predicting (`execfmt predict --batch`, one process)');
const { perSecond, memoryMiB, cases } = await measurePredict();
say(`- ${perSecond.toLocaleString('en')} small cases a second once warm`);
say(`- resident memory over ${cases.toLocaleString('en')} cases, at each tenth: ${memoryMiB.join(', ')} MiB`);
