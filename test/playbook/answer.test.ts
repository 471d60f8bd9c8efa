import { describe, expect, it } from 'vitest';
import { answerOf, failed, known, ProbeError, problem } from '../../src/playbook/answer.ts';
import { checkExitStatus, type ImageCheck } from '../../src/playbook/image-check.ts';

describe('what an adapter throws inside itself', () => {
  it('becomes an answer at its port', async () => {
    const error = problem('timeout', 'registry.corp.io', 'It is slow.');
    expect(error).toBeInstanceOf(ProbeError);
    expect([error.name, error.message]).toEqual(['ProbeError', 'registry.corp.io: It is slow.']);
    const answer = await answerOf(async () => {
      throw error;
    });
    expect(answer).toEqual(failed('timeout', 'registry.corp.io', 'It is slow.'));
    expect(await answerOf(async () => 7)).toEqual(known(7));
  });

  it('keeps what caused it', () => {
    const cause = new Error('ECONNRESET');
    expect(problem('unreachable', 'r', 'm', cause).cause).toBe(cause);
    expect(problem('unreachable', 'r', 'm')).not.toHaveProperty('cause');
  });

  it('is a defect when it is any other error, and goes on as it is', async () => {
    const defect = new TypeError('a defect');
    await expect(
      answerOf(async () => {
        throw defect;
      }),
    ).rejects.toBe(defect);
  });
});

describe('the exit status of check', () => {
  it.each([
    [true, 0],
    [false, 1],
    [null, 3],
  ])('of pass %s is %i', (pass, status) => expect(checkExitStatus({ pass } as ImageCheck)).toBe(status));
});
