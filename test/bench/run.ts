import { writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { measureCluster } from './cluster.ts';
import { diagnosisList, measureDiagnosis } from './diagnosis.ts';
import { measureImages, ROUNDS } from './images.ts';
import { imagesTable } from './images-table.ts';
import { measurePredict } from './predict.ts';

/** `npm run bench`: what the documentation says of speed, measured. With `--write` it becomes docs/performance.md. */
const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'performance.md');
const tell = (line: string) => process.stderr.write(`${line}\n`);

const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Linux ${release()} ${arch()}, Node ${process.version}`;

const INTRODUCTION = `# How fast it is

Written by \`npm run bench -- --write\`. These are measurements, no promises: take the ratios, and measure on your own machine.

Machine: ${machine}. Other programs may have run beside it.

## Images: is the right program in it?

Everybody answers the same question in the same run, process start included. The registry is Docker's own, on loopback, behind a proxy that
counts what it serves, headers too. "+20 ms": each connection and each request waits 20 ms. Times are the fastest of ${ROUNDS} rounds, in which
everybody comes in turn. "Again" is with what the first time left behind. execfmt runs as it is installed: built JavaScript behind its launcher,
with compiled code in its cache. It runs \`check --platform linux/amd64\`: that looks for the program, its loader and libraries, as a container would see
them through all layers, and predicts the start. The others fetch the same files and print their headers; \`regctl\` is told the path in the archive, so it
takes the first file of that name. \`crane\` and \`regctl\` keep nothing.
`;

tell('measuring images');
const images = imagesTable(await measureImages(tell));
tell('measuring diagnoses');
const diagnoses = `## Diagnoses (the use cases over ports)

The practice incident. The hosts are stand-ins that give a real host’s answers late; nothing else of them takes time.

${diagnosisList(await measureDiagnosis())}`;
tell('measuring predictions');
const { perSecond, memoryMiB, cases } = await measurePredict();
const predictions = `## Predictions (\`execfmt predict --batch\`, one process)

- ${perSecond.toLocaleString('en')} small cases a second once warm
- resident memory over ${cases.toLocaleString('en')} cases, at each tenth: ${memoryMiB.join(', ')} MiB`;

tell('measuring a cluster');
const cluster = await measureCluster();
const clusters = `## A cluster (2,000 pods in 100 namespaces)

- ${cluster.findMs} ms to find a name that is in all of them, with ${cluster.requests} requests
- ${cluster.diagnoseMs} ms from the command to the verdict on one of them, all others judged too, with ${cluster.diagnoseRequests} requests
- memory held after each ten rounds: ${cluster.memoryMiB.join(', ')} MiB`;

const page = `${[INTRODUCTION.trimEnd(), images, diagnoses, clusters, predictions].join('\n\n')}\n`;
process.stdout.write(page);
if (process.argv.includes('--write')) writeFileSync(PAGE, page);
