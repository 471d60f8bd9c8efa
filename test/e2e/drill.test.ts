import { describe, expect, it } from 'vitest';
import { runExecfmt } from './run-execfmt.ts';

describe('execfmt drill', () => {
  it('plays the practice incident to the recovery, and tells the time of each part', async () => {
    const { status, stdout } = await runExecfmt(['drill', '--yes']);
    expect(status).toBe(0);
    for (const part of ['PRACTICE', 'wrong-platform-image (proved)', '/app/render', '1,847', 'Recovered'])
      expect(stdout).toContain(part);
    expect(stdout).toMatch(/recovered +after \d/);
  });

  it('prints one JSON document and nothing else with --json', async () => {
    const { status, stdout } = await runExecfmt(['drill', '--yes', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      practice: true,
      outcome: 'succeeded',
      digest: expect.stringMatching(/^sha256:/),
    });
  });

  it('changes nothing without approval, and is not recovered then', async () => {
    const { status, stdout } = await runExecfmt(['drill']);
    expect(status).toBe(1);
    expect(stdout).toContain('Not approved: nothing was changed');
  });

  it('takes a yes from the one who is asked', async () => {
    const { status } = await runExecfmt(['drill'], { input: 'y\n' });
    expect(status).toBe(0);
  });

  it('shows no value of the container’s environment', async () => {
    const { stdout } = await runExecfmt(['drill', '--yes']);
    expect(stdout).not.toMatch(/RENDER_API_KEY|QUEUE_URL/);
  });
});
