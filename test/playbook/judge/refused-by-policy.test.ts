import { describe, it } from 'vitest';
import { expectVerdict, fails, other, type Row, reported, saying } from '../expect-verdict.ts';
import { incident, mounted } from '../incident.ts';
import { accepted } from '../sample-evidence.ts';

describe('permission that was refused although the mode of every file allows it', () => {
  const denied = reported('permission denied');
  const script = { ...accepted, chain: ['/app/run.sh', '/opt/tools/bash'] };
  it.each<Row>([
    [
      'is the mount that the program lies on',
      incident({ log: denied, outcome: script, facts: { mounts: [mounted('bind', '/app')] } }),
      {
        fault: 'noexec-mount',
        culprit: '/app/run.sh',
        errno: 'EACCES',
        confidence: 'likely',
        summary: fails(
          '/app/run.sh may be executed by its mode, but it lies on the bind mount at /app: the file system there must be mounted with noexec.',
        ),
      },
    ],
    [
      'is the mount that the interpreter of the script lies on',
      incident({
        log: denied,
        outcome: script,
        facts: { mounts: [mounted('volume', '/data'), mounted('volume', '/opt')] },
      }),
      { fault: 'noexec-mount', summary: saying('the volume mount at /opt') },
    ],
    [
      'may be a policy, when no file lies on a mount and no profile is known',
      incident({ log: denied, outcome: script, facts: { mounts: [mounted('volume', '/data')] } }),
      {
        fault: 'security-policy',
        culprit: '/app/run.sh',
        errno: 'EACCES',
        confidence: 'possible',
        summary: fails(
          '/app/run.sh may be executed by its mode, and yet the runtime reports EACCES: a security policy of the host refuses it.',
        ),
      },
    ],
    [
      'is likely a policy when the container has profiles of its own, which are named',
      incident({
        log: denied,
        facts: { security: { seccomp: 'tight.json', apparmor: null, selinux: 'renderer_t' } },
      }),
      {
        fault: 'security-policy',
        confidence: 'likely',
        summary: saying('refuses it (seccomp tight.json, selinux renderer_t).'),
      },
    ],
    [
      'is a policy when it is EPERM, whatever it lies on: noexec is EACCES',
      incident({
        log: reported('operation not permitted'),
        outcome: script,
        facts: { mounts: [mounted('bind', '/app')] },
      }),
      { fault: 'security-policy', errno: 'EPERM', confidence: 'likely' },
    ],
    [
      'names the entrypoint when no file is known to have been opened',
      incident({ log: reported('operation not permitted'), outcome: { ...accepted, chain: [] } }),
      { fault: 'security-policy', culprit: '/app/render' },
    ],
    [
      'is not what any other errno tells',
      incident({ log: reported('no such file or directory'), facts: { mounts: [mounted('bind', '/app')] } }),
      { outcome: 'inconclusive', fault: null, errno: 'ENOENT' },
    ],
  ])('%s', expectVerdict);
});

describe('a start that the engine refuses', () => {
  const neverRan = { status: 'created', exitCode: 128, startedAt: null };
  it.each<Row>([
    [
      'in words that are no errno is no exec format error: a user that is not there',
      incident({
        state: { ...neverRan, error: 'unable to find user nobody-here: no matching entries in passwd file' },
      }),
      {
        outcome: 'will-not-run',
        fault: 'not-exec-format',
        culprit: null,
        errno: null,
        confidence: 'likely',
        summary: other(
          'the engine refuses to start it: “unable to find user nobody-here: no matching entries in passwd file”.',
        ),
      },
    ],
    [
      'is told by its beginning and its end when the engine says much',
      incident({ state: { ...neverRan, error: `${'a'.repeat(250)}${'b'.repeat(100)}${'c'.repeat(250)}` } }),
      { summary: other(`the engine refuses to start it: “${'a'.repeat(250)} … ${'c'.repeat(250)}”.`) },
    ],
    [
      'is not what ended a container that was started, whatever the engine still says of an earlier start',
      incident({ state: { exitCode: 3, error: 'unable to find user nobody-here' } }),
      { summary: other('the kernel executes its files; its program ended by itself with exit status 3.') },
    ],
    [
      'is told whole up to 500 characters',
      incident({ state: { ...neverRan, error: 'a'.repeat(500) } }),
      { summary: other(`the engine refuses to start it: “${'a'.repeat(500)}”.`) },
    ],
  ])('%s', expectVerdict);
});
