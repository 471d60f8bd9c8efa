/** Does the work for each item, at most `atOnce` at a time, and gives the results in the items' order. */
export async function inTurns<I, O>(
  items: readonly I[],
  atOnce: number,
  work: (item: I, at: number) => Promise<O>,
): Promise<O[]> {
  const results: O[] = [];
  const queue = items.entries();
  const take = async (): Promise<void> => {
    for (const [at, item] of queue) results[at] = await work(item, at);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, take));
  return results;
}
