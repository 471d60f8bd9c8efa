import { deploy, executable, good, imageOf, onArm, program, render } from './contents.ts';
import type { IncidentCase } from './incident-case.ts';

/** Several faults at once, and several instances of which not all are in trouble. */
export const severalIncidents: readonly IncidentCase[] = [
  {
    id: 'no-exec-bit-and-foreign',
    title: 'Not executable, and for another architecture: the errno tells which comes first',
    source: 'known cause: read the errno first',
    symptom: 'permission denied',
    story: deploy('v1', imageOf(executable('/app/render', program('arm64'), 0o644))),
    expected: {
      outcome: 'will-not-run',
      fault: 'not-executable',
      culprit: '/app/render',
      errno: 'EACCES',
      confidence: 'proved',
    },
  },
  {
    id: 'crlf-in-a-foreign-image',
    title: 'CRLF in an ARM64 image: the line ends are what the kernel stumbles over first',
    source: 'known cause: read the errno first',
    symptom: 'no such file or directory',
    story: deploy('v1', {
      ...imageOf(executable('/entrypoint.sh', '#!/bin/sh\r\nexec sleep 600\r\n')),
      claims: 'linux/arm64',
      base: 'arm64',
    }),
    expected: {
      outcome: 'will-not-run',
      fault: 'script-crlf',
      errno: 'ENOENT',
      confidence: 'proved',
      mustNot: [{ kind: 'enable-emulation', fit: ['fixes', 'mitigates'] }],
    },
  },
  {
    id: 'foreign-and-configuration-missing',
    title: 'A foreign program in an image whose earlier version failed for want of configuration',
    source: 'requirement: several faults at once',
    symptom: 'exec format error; the log of the earlier container told of DATABASE_URL',
    story: [
      ...deploy('v1', { ...good, entrypoint: ['/bin/sh', '-c', "echo 'DATABASE_URL is not set'; exit 1"] }),
      { setAside: 'before' },
      ...deploy('v2', onArm),
    ],
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-platform-image',
      culprit: '/app/render',
      errno: 'ENOEXEC',
      confidence: 'proved',
      mayOffer: ['v1'],
    },
  },
  {
    id: 'one-of-three-is-stale',
    title: 'Two of three run; the third still has the image of before the tag was mended',
    source: 'requirement: many instances',
    symptom: 'one of three instances is down',
    containers: ['a', 'b', 'c'],
    story: [
      { push: 'prod', image: onArm, named: 'broken' },
      { pull: 'prod' },
      { run: 'prod', as: 'c' },
      { push: 'prod', image: good, named: 'mended' },
      { pull: 'prod' },
      { run: 'prod', as: 'a', until: 'running' },
      { run: 'prod', as: 'b', until: 'running' },
    ],
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-platform-image',
      culprit: '/app/render',
      errno: 'ENOEXEC',
      confidence: 'proved',
      origin: 'stale-local-image',
      mustNot: [{ kind: 'rebuild', fit: 'fixes' }],
      mayOffer: ['mended'],
      each: { a: 'none', b: 'none', c: 'wrong-platform-image' },
    },
  },
  {
    id: 'healthy-neighbour',
    title: 'A healthy neighbour with the same log lines',
    source: 'requirement: healthy neighbours',
    symptom: 'one of two services that share a repository is down',
    containers: ['web', 'worker'],
    story: [
      { push: 'web', image: { ...good, entrypoint: ['/bin/sh', '-c', "echo 'exec format error?'; exec sleep 600"] } },
      { push: 'worker', image: imageOf(render('arm64')) },
      { pull: 'web' },
      { pull: 'worker' },
      { run: 'web', as: 'web', until: 'running' },
      { run: 'worker', as: 'worker' },
    ],
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-arch-binary',
      culprit: '/app/render',
      errno: 'ENOEXEC',
      confidence: 'proved',
      mayOffer: ['web'],
      each: { web: 'none', worker: 'wrong-arch-binary' },
    },
  },
  {
    id: 'different-faults-on-each',
    title: 'Three instances, three faults',
    source: 'requirement: many instances; several faults at once',
    symptom: 'everything is down',
    containers: ['a', 'b', 'c'],
    story: [
      ...deployAs('a', 'a', onArm),
      ...deployAs('b', 'b', imageOf(executable('/entrypoint.sh', '#!/bin/sh\r\nexec sleep 600\r\n'))),
      ...deployAs('c', 'c', { ...good, entrypoint: ['/bin/sh', '-c', 'exit 1'] }),
    ],
    expected: {
      outcome: 'will-not-run',
      fault: ['wrong-platform-image', 'script-crlf'],
      confidence: 'proved',
      mayOffer: ['a', 'b', 'c'],
      each: { a: 'wrong-platform-image', b: 'script-crlf', c: 'not-exec-format' },
    },
  },
];

function deployAs(as: string, tag: string, image: typeof good): IncidentCase['story'] {
  return [{ push: tag, image }, { pull: tag }, { run: tag, as }];
}
