import { describe, expect, it } from 'vitest';
import { type ApprovalPolicy, mayApprove } from '../../src/approval/may-approve.ts';

const policy: ApprovalPolicy = {
  name: 'production',
  approvers: ['slack:U1', 'slack-group:S1', 'web:ada'],
  required: 1,
  allowSelf: false,
  expiresInMs: 60_000,
};
const person = (id: string) => ({ id, name: id });
const noGroups = async () => {
  throw new Error('must not be asked');
};

describe('mayApprove', () => {
  it('grants those who are named, without asking for groups', async () => {
    expect(await mayApprove(policy, person('slack:U1'), person('slack:U9'), noGroups)).toEqual({ granted: true });
  });

  it('grants members of a named group of their own chat', async () => {
    const asked: string[] = [];
    const isInGroup = async (group: string) => asked.push(group) > 0;
    expect(await mayApprove(policy, person('slack:U7'), person('slack:U9'), isInGroup)).toEqual({ granted: true });
    expect(asked).toEqual(['slack-group:S1']);
  });

  it('does not ask one chat’s groups for a person of another', async () => {
    const answer = await mayApprove(policy, person('web:eve'), person('slack:U9'), noGroups);
    expect(answer.granted).toBe(false);
  });

  it('tells who may, when it refuses', async () => {
    const answer = await mayApprove(policy, person('slack:U7'), person('slack:U9'), async () => false);
    expect(answer).toEqual({ granted: false, why: expect.stringContaining('slack:U1, slack-group:S1, web:ada') });
  });

  it('refuses the one who asked, named or not, unless the policy allows it', async () => {
    expect((await mayApprove(policy, person('slack:U1'), person('slack:U1'), noGroups)).granted).toBe(false);
    const own = { ...policy, allowSelf: true };
    expect((await mayApprove(own, person('slack:U1'), person('slack:U1'), noGroups)).granted).toBe(true);
  });

  it('grants nobody under an empty policy', async () => {
    const empty = { ...policy, approvers: [] };
    expect((await mayApprove(empty, person('slack:U1'), person('slack:U9'), noGroups)).granted).toBe(false);
  });
});
