import { describe, expect, it } from 'vitest';
import { runExecfmt } from '../e2e/run-execfmt.ts';

describe('execfmt check, typed wrongly', () => {
  it.each([
    [['check'], 'image'],
    [['check', 'x:1', '--platfrom', 'linux/amd64'], '--platform'],
    [['chekc', 'x:1'], 'check'],
    [['check', 'x:1', '--platform', 'amd64'], 'Did you mean linux/amd64?'],
    [['check', 'x:1', '--platform', 'linux/amd46'], 'Did you mean linux/amd64?'],
    [['check', 'x:1', '--platform', 'linux-arm64'], 'Did you mean linux/arm64?'],
    [['check', 'x:1', '--platform', 'linux/arm/v7/x'], 'linux/arm/v7'],
    [['check', 'x:1', '--platform', 'quantum/q7'], 'Write it as linux/amd64'],
    [['check', 'UPPER:1'], 'capital letters'],
    [['check', 'ostree:x'], 'docker-archive:'],
    [['check', 'oci:'], 'path after oci: is missing'],
    [['check', 'x:1', '--on', 'render-01'], 'docker-daemon:'],
    [['check', 'x:1', '--config', '/no/such/file'], '/no/such/file'],
  ])('%j says what was meant', async (args, hint) => {
    const { status, stdout, stderr } = await runExecfmt(args);
    expect(stderr).toContain(hint);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('is a machine’s name for a platform, and not twice the same', async () => {
    const args = ['check', 'oci:/no/such', '--platform', 'linux/x86_64', '--platform', 'linux/amd64', '--json'];
    const { status, stdout } = await runExecfmt(args);
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'not-found' } });
  });
});
