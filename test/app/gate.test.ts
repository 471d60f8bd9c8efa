import { expect, it } from 'vitest';
import { createGate } from '../../src/app/gate.ts';

it('lets so many in at once, and all of them in their order', async () => {
  const gate = createGate(2);
  const inside = new Set<number>();
  let most = 0;
  const order: number[] = [];
  const visit = async (guest: number) => {
    await gate.enter();
    order.push(guest);
    inside.add(guest);
    most = Math.max(most, inside.size);
    await new Promise((done) => setImmediate(done));
    inside.delete(guest);
    gate.leave();
  };
  await Promise.all([0, 1, 2, 3, 4, 5].map(visit));
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4, 5]);
});
