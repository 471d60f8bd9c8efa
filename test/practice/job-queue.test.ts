import { describe, expect, it } from 'vitest';
import { JobQueue } from '../../adapters/practice/job-queue.ts';

function queueAt() {
  const clock = { at: 1_000_000 };
  return { clock, queue: new JobQueue({ now: () => clock.at, drainSeconds: 100 }) };
}

describe('the job queue', () => {
  it('waits, its oldest job getting older, while no renderer runs', () => {
    const { clock, queue } = queueAt();
    expect(queue.read()).toEqual({ pendingJobs: 1847, oldestJobSeconds: 7200, renderedPages: null });
    clock.at += 60_000;
    expect(queue.read()).toEqual({ pendingJobs: 1847, oldestJobSeconds: 7260, renderedPages: null });
  });

  it('drains steadily, to nothing, while one runs', () => {
    const { clock, queue } = queueAt();
    queue.attach();
    expect(queue.read()).toEqual({ pendingJobs: 1847, oldestJobSeconds: 7200, renderedPages: 0 });
    clock.at += 50_000;
    expect(queue.read()).toMatchObject({ pendingJobs: 924, renderedPages: 923 * 4 });
    clock.at += 50_000;
    expect(queue.read()).toEqual({ pendingJobs: 0, oldestJobSeconds: 0, renderedPages: 1847 * 4 });
    clock.at += 50_000;
    expect(queue.read()).toMatchObject({ pendingJobs: 0 });
  });

  it('stands still while the renderer is stopped, and counts its pages anew after', () => {
    const { clock, queue } = queueAt();
    const detach = queue.attach();
    clock.at += 10_000;
    detach();
    detach();
    clock.at += 500_000;
    expect(queue.read()).toMatchObject({ pendingJobs: 1663, renderedPages: null });
    queue.attach();
    expect(queue.read()).toMatchObject({ pendingJobs: 1663, renderedPages: 0 });
  });
});
