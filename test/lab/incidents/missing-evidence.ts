import { deploy, executable, good, imageOf, onArm, render } from './contents.ts';
import type { Expected, IncidentCase } from './incident-case.ts';

const foreignImage = {
  outcome: 'will-not-run',
  fault: 'wrong-platform-image',
  culprit: '/app/render',
  errno: 'ENOEXEC',
} as const satisfies Expected;

/** What cannot be known is not claimed. */
const unknown = { outcome: 'inconclusive', fault: null, confidence: 'possible', origin: 'unknown' } as const;

const v2ThenV3 = [{ push: 'v2', image: good }, { push: 'v3', image: onArm }, { pull: 'v2' }, { pull: 'v3' }] as const;

/** Evidence that is missing, at each point in turn: the verdict degrades in confidence, never into a wrong claim. */
export const missingEvidence: readonly IncidentCase[] = [
  {
    id: 'registry-down',
    title: 'The registry does not answer',
    source: 'requirement: evidence missing',
    symptom: 'exec format error while the registry is down',
    story: [...v2ThenV3, { run: 'v3' }, { registry: 'down' }],
    expected: {
      ...foreignImage,
      confidence: 'proved',
      mustNot: [{ kind: 'pull-platform', fit: 'fixes' }],
      mayOffer: ['v2'],
    },
  },
  {
    id: 'registry-denies',
    title: 'The registry denies the bot',
    source: 'requirement: evidence missing, no permission',
    symptom: 'exec format error; the bot’s login has expired',
    story: [...v2ThenV3, { run: 'v3' }, { registry: 'denies' }],
    expected: {
      ...foreignImage,
      confidence: 'proved',
      mustNot: [{ kind: 'pull-platform', fit: 'fixes' }],
      mayOffer: ['v2'],
    },
  },
  {
    id: 'image-deleted-locally',
    title: 'Somebody has removed the image from the host',
    source: 'requirement: evidence missing, image deleted',
    symptom: 'exec format error; docker image inspect finds nothing',
    story: [...v2ThenV3, { run: 'v3' }, { removeImage: 'v3' }],
    expected: {
      ...foreignImage,
      confidence: 'proved',
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      offers: ['v2'],
    },
  },
  {
    id: 'image-deleted-everywhere',
    title: 'The image is gone from the host and from the registry',
    source: 'requirement: evidence missing, image deleted',
    symptom: 'exec format error, and nobody has the image any more',
    story: [
      { push: 'v2', image: good },
      { push: 'v3', image: { ...onArm, labels: { release: '3' } } },
      { pull: 'v3' },
      { run: 'v3' },
      { removeImage: 'v3' },
      { unpublish: 'v3' },
    ],
    expected: {
      ...foreignImage,
      fault: ['wrong-platform-image', 'wrong-arch-binary'],
      confidence: ['proved', 'likely'],
      offers: ['v2'],
    },
  },
  {
    id: 'no-logs',
    title: 'The log driver keeps nothing',
    source: 'field guide: “The logs are empty”',
    symptom: 'exit status 1 at once, no log',
    story: [{ push: 'v2', image: good }, ...deploy('v3', onArm, { logDriver: 'none' })],
    expected: { ...foreignImage, confidence: 'likely', must: [{ kind: 'rebuild', fit: 'fixes' }], offers: ['v2'] },
  },
  {
    id: 'no-logs-and-crlf',
    title: 'No log, and a script with CRLF',
    source: 'requirement: evidence missing, no logs',
    symptom: 'exit status 1 at once, no log',
    story: deploy('v1', imageOf(executable('/entrypoint.sh', '#!/bin/sh\r\nexec sleep 600\r\n')), {
      logDriver: 'none',
    }),
    expected: { outcome: 'will-not-run', fault: 'script-crlf', errno: 'ENOENT', confidence: 'likely' },
  },
  {
    id: 'no-logs-and-an-application-error',
    title: 'No log, and the application ended with 1: the same exit status, another fault',
    source: 'field guide: answer key, “Exit code 1 is generic”',
    symptom: 'exit status 1 at once, no log',
    story: deploy('v1', { ...good, entrypoint: ['/bin/sh', '-c', 'exit 1'] }, { logDriver: 'none' }),
    expected: { outcome: 'will-not-run', fault: 'not-exec-format', errno: null, confidence: ['likely', 'possible'] },
  },
  {
    id: 'engine-denies-the-files',
    title: 'The engine’s proxy denies reading files, the metadata is foreign',
    source: 'requirement: evidence missing, no permission',
    symptom: 'exec format error; docker cp is forbidden',
    story: [{ push: 'v2', image: good }, ...deploy('v3', onArm)],
    engineDenies: ['/archive'],
    expected: {
      ...foreignImage,
      confidence: ['likely', 'proved'],
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      offers: ['v2'],
    },
  },
  {
    id: 'engine-denies-the-files-of-a-cursed-image',
    title: 'The engine’s proxy denies reading files, and the metadata fits the host',
    source: 'requirement: evidence missing, no permission',
    symptom: 'exec format error; docker cp is forbidden; the image says linux/amd64',
    story: deploy('v1', imageOf(render('arm64'))),
    engineDenies: ['/archive'],
    expected: {
      outcome: ['inconclusive', 'will-not-run'],
      fault: [null, 'wrong-arch-binary'],
      confidence: ['possible', 'likely'],
      mustNot: [{ kind: 'pull-platform', fit: ['fixes', 'mitigates'] }],
    },
  },
  {
    id: 'engine-denies-the-logs',
    title: 'The engine’s proxy denies the log',
    source: 'requirement: evidence missing, no permission',
    symptom: 'exit status 1; the bot may not read the log',
    story: [{ push: 'v2', image: good }, ...deploy('v3', onArm)],
    engineDenies: ['/logs'],
    expected: { ...foreignImage, confidence: 'likely', offers: ['v2'] },
  },
  {
    id: 'engine-denies-the-images',
    title: 'The engine’s proxy denies everything about images',
    source: 'requirement: evidence missing, no permission',
    symptom: 'exec format error',
    story: [{ push: 'v2', image: good }, ...deploy('v3', onArm)],
    engineDenies: ['/images/'],
    expected: { ...foreignImage, confidence: 'proved', offers: ['v2'] },
  },
  {
    id: 'engine-denies-the-container',
    title: 'The engine’s proxy denies inspecting the container',
    source: 'requirement: evidence missing, no permission',
    symptom: 'exec format error',
    story: deploy('v1', onArm),
    engineDenies: ['/json?', '/containers/engine-denies-the-container', '/containers/json'],
    expected: unknown,
  },
  {
    id: 'engine-denies-the-host-facts',
    title: 'The engine’s proxy denies docker info',
    source: 'requirement: evidence missing, no permission',
    symptom: 'exec format error; what the host is has to be found out in another way',
    story: deploy('v1', onArm),
    engineDenies: ['/info'],
    expected: {
      outcome: ['inconclusive', 'will-not-run'],
      fault: [null, 'wrong-platform-image'],
      confidence: ['possible', 'likely', 'proved'],
    },
  },
  {
    id: 'container-gone',
    title: 'The container was removed',
    source: 'requirement: evidence missing',
    symptom: 'the service is down, and its container is not there',
    story: [...deploy('v1', onArm), { removeContainer: '' }],
    expected: unknown,
  },
  {
    id: 'never-created-for-want-of-a-platform',
    title: 'The deployment ended at the pull: the index lacks the platform, and there is no container',
    source: 'karpenter#7040; cri-o/cri-o#3233; requirement: evidence missing',
    symptom: 'no matching manifest for linux/amd64 in the manifest list entries',
    story: [{ push: 'latest', index: [{ image: onArm }, { attestation: true }] }],
    expected: {
      outcome: 'will-not-run',
      fault: 'platform-missing-from-index',
      errno: null,
      confidence: ['likely', 'possible'],
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      mustNot: [{ kind: ['pull-platform', 'repull'], fit: ['fixes', 'mitigates'] }],
    },
  },
  {
    id: 'never-created-of-a-windows-image',
    title: 'The deployment ended at the pull: the image is for Windows, and there is no container',
    source: 'docker/for-win#4116; requirement: evidence missing',
    symptom: 'image operating system "windows" cannot be used on this platform',
    story: [{ push: 'latest', image: { ...good, claims: 'windows/amd64' } }],
    expected: {
      outcome: 'will-not-run',
      fault: 'os-mismatch',
      errno: null,
      confidence: ['likely', 'possible'],
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      mustNot: [{ kind: ['pull-platform', 'repull', 'enable-emulation'], fit: ['fixes', 'mitigates'] }],
    },
  },
];
