import { deploy, executable, good, imageOf, NO_PLATFORM_REMEDIES } from './contents.ts';
import type { Expected, IncidentCase } from './incident-case.ts';

const START = '/entrypoint.sh';
const script = (text: string) => imageOf(executable(START, text));

/** A file of the image is wrong, and what is right of it is to be written into the image's build. */
const inTheFile = {
  outcome: 'will-not-run',
  confidence: 'proved',
  must: [{ kind: 'fix-file', fit: 'fixes' }],
  mustNot: NO_PLATFORM_REMEDIES,
} as const satisfies Partial<Expected>;

const noShebang: Expected = { ...inTheFile, fault: 'script-no-shebang', culprit: START, errno: 'ENOEXEC' };
const crlf: Expected = { ...inTheFile, fault: 'script-crlf', culprit: '/bin/sh\r', errno: 'ENOENT' };

/** Scripts that the kernel cannot start, or that their own interpreter gives up on. */
export const scriptIncidents: readonly IncidentCase[] = [
  {
    id: 'no-shebang',
    title: 'The entrypoint script has no #! line',
    source: 'opencontainers/runc#1773',
    symptom: 'exec /entrypoint.sh: exec format error, on the right architecture',
    story: [{ push: 'v1', image: good }, ...deploy('v2', script('exec sleep 600\n'))],
    expected: { ...noShebang, offers: ['v1'] },
  },
  {
    id: 'shebang-without-hash',
    title: 'The # of the #! line was lost',
    source: 'moby/moby#10738',
    symptom: 'exec format error from a start script that works when it is called by a shell',
    story: deploy('v1', script('!/usr/bin/env sh\nexec sleep 600\n')),
    expected: noShebang,
  },
  {
    id: 'comment-before-shebang',
    title: 'A licence comment stands before the #! line',
    source: 'moby/moby#10668',
    symptom: 'exec format error; without the comment it starts',
    story: deploy('v1', script('#-------------\n# Licence\n#-------------\n\n#!/bin/sh\nexec sleep 600\n')),
    expected: noShebang,
  },
  {
    id: 'blank-line-before-shebang',
    title: 'Copy and paste left a blank line before the #! line',
    source: 'podman-container-tools/buildah#475',
    symptom: 'exec user process caused "exec format error"',
    story: deploy('v1', script('\n#!/bin/sh\nexec sleep 600\n')),
    expected: noShebang,
  },
  {
    id: 'byte-order-mark',
    title: 'An editor put a byte order mark before the #! line',
    source: 'known cause: no shebang, BOM, blank line, leading space',
    symptom: 'exec format error; the script looks right in every editor',
    story: deploy('v1', script('\xef\xbb\xbf#!/bin/sh\nexec sleep 600\n')),
    expected: noShebang,
  },
  {
    id: 'space-before-shebang',
    title: 'An indented here-document left a space before the #! line',
    source: 'known cause: no shebang, BOM, blank line, leading space',
    symptom: 'exec format error',
    story: deploy('v1', script(' #!/bin/sh\nexec sleep 600\n')),
    expected: noShebang,
  },
  {
    id: 'shebang-too-long',
    title: 'The interpreter’s path is longer than the kernel reads',
    source: 'known cause: shebang over 255 bytes',
    symptom: 'exec format error from a script in a deep build folder',
    story: deploy('v1', script(`#!/${'deep/'.repeat(60)}python3\n`)),
    expected: noShebang,
  },
  {
    id: 'crlf',
    title: 'Git on Windows checked the entrypoint out with CRLF',
    source: 'dgtlmoon/changedetection.io#3878; field guide: scenario D, mistake 4',
    symptom: 'exec /entrypoint.sh: no such file or directory, and yet the file is there',
    story: [{ push: 'v1', image: good }, ...deploy('v2', script('#!/bin/sh\r\nexec sleep 600\r\n'))],
    expected: { ...crlf, offers: ['v1'] },
  },
  {
    id: 'crlf-restarting',
    title: 'CRLF under a restart policy',
    source: 'bodleian/iiif-static-choices#20',
    symptom: 'the container is restarted again and again: no such file or directory',
    story: deploy('v1', script('#!/bin/sh\r\nexec sleep 600\r\n'), { restart: 'unless-stopped' }, 'restarting'),
    expected: crlf,
  },
  {
    id: 'crlf-through-env',
    title: 'CRLF after an env shebang',
    source: 'anthropics/claude-quickstarts#196; known cause: CRLF through env',
    symptom: 'the container ends with 127; env says that it cannot find a program that is there',
    story: deploy('v1', script('#!/usr/bin/env sh\r\nexec sleep 600\r\n')),
    expected: { ...inTheFile, fault: 'script-crlf', errno: null, confidence: ['proved', 'likely'] },
  },
  {
    id: 'crlf-in-the-argument',
    title: 'CRLF after an argument of the interpreter',
    source: 'unoconv/unoserver-docker#7; known cause: `sh -e\\r`',
    symptom: 'the container ends with 2: illegal option -',
    story: deploy('v1', script('#!/bin/sh -e\r\nexec sleep 600\r\n')),
    expected: { ...inTheFile, fault: 'script-crlf', errno: null, confidence: ['proved', 'likely'] },
  },
  {
    id: 'interpreter-missing',
    title: 'A bash script in an image that has no bash',
    source: 'moby/moby#29420',
    symptom: 'exec /entrypoint.sh: no such file or directory',
    story: [{ push: 'v1', image: good }, ...deploy('v2', script('#!/bin/bash\nexec sleep 600\n'))],
    expected: {
      ...inTheFile,
      fault: 'interpreter-missing',
      culprit: '/bin/bash',
      errno: 'ENOENT',
      must: [{ kind: ['fix-file', 'rebuild'], fit: 'fixes' }],
      offers: ['v1'],
    },
  },
  {
    id: 'env-finds-no-bash',
    title: 'An env shebang names a program that the image does not have',
    source: 'lolgast1987/adguard-unbound#6',
    symptom: 'the container ends with 127; env says: no such file or directory',
    story: deploy('v1', script('#!/usr/bin/env bash\nexec sleep 600\n')),
    expected: {
      ...inTheFile,
      fault: 'interpreter-missing',
      culprit: 'bash',
      errno: null,
      confidence: ['proved', 'likely'],
      must: [{ kind: ['fix-file', 'rebuild'], fit: 'fixes' }],
    },
  },
  {
    id: 'interpreter-not-executable',
    title: 'The interpreter lost its exec bit',
    source: 'known cause: no exec bit',
    symptom: 'exec /entrypoint.sh: permission denied, although the script is executable',
    story: deploy('v1', {
      layers: [[executable('/opt/run', '#!/bin/sh\n', 0o644), executable(START, '#!/opt/run\n')]],
      entrypoint: [START],
    }),
    expected: { ...inTheFile, fault: 'not-executable', culprit: '/opt/run', errno: 'EACCES' },
  },
  {
    id: 'scripts-nested-too-deep',
    title: 'Wrappers of wrappers of wrappers',
    source: 'known cause: nested too deep',
    symptom: 'exec /entrypoint.sh: too many levels of symbolic links, and there is no link',
    story: deploy('v1', {
      layers: [
        [
          executable(START, '#!/opt/1\n'),
          ...[1, 2, 3, 4, 5, 6].map((step) => executable(`/opt/${step}`, `#!/opt/${step + 1}\n`)),
          executable('/opt/7', '#!/bin/sh\n'),
        ],
      ],
      entrypoint: [START],
    }),
    expected: { ...inTheFile, fault: 'script-too-nested', errno: 'ELOOP' },
  },
  {
    id: 'script-runs-itself',
    title: 'A script that names itself as its interpreter',
    source: 'known cause: shebang … itself',
    symptom: 'too many levels of symbolic links',
    story: deploy('v1', script(`#!${START}\n`)),
    expected: { ...inTheFile, fault: 'script-too-nested', culprit: START, errno: 'ELOOP' },
  },
  {
    id: 'interpreter-foreign',
    title: 'Only the interpreter is for another architecture',
    source: 'unoconv/unoserver-docker#91',
    symptom: 'exec format error that names the script; the script is right',
    story: deploy('v1', {
      base: 'arm64',
      layers: [[executable(START, '#!/bin/sh\nexec sleep 600\n')]],
      entrypoint: [START],
    }),
    expected: {
      outcome: 'will-not-run',
      fault: 'interpreter-wrong-arch',
      culprit: '/bin/sh',
      errno: 'ENOEXEC',
      confidence: 'proved',
      must: [
        { kind: 'rebuild', fit: 'fixes' },
        { kind: 'pull-platform', fit: 'useless' },
      ],
    },
  },
  {
    id: 'script-in-a-foreign-image',
    title: 'The common case in disguise: an ARM64 image whose entrypoint is a script',
    source: 'lidalao/ServerStatus#17',
    symptom: 'exec /docker-entrypoint.sh: exec format error',
    story: deploy('v1', {
      claims: 'linux/arm64',
      base: 'arm64',
      layers: [[executable('/docker-entrypoint.sh', '#!/bin/sh\nexec sleep 600\n')]],
      entrypoint: ['/docker-entrypoint.sh'],
    }),
    expected: {
      outcome: 'will-not-run',
      fault: 'wrong-platform-image',
      culprit: ['/bin/sh', '/docker-entrypoint.sh'],
      errno: 'ENOEXEC',
      confidence: 'proved',
      must: [{ kind: 'rebuild', fit: 'fixes' }],
      mustNot: [{ kind: 'fix-file', fit: 'fixes' }],
    },
  },
];
