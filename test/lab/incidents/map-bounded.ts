/** Like Promise.all over `map`, with at most so many under way at once. */
export async function mapBounded<I, O>(inputs: readonly I[], atOnce: number, work: (input: I) => Promise<O>) {
  const outputs: O[] = [];
  let next = 0;
  const worker = async () => {
    while (next < inputs.length) {
      const index = next++;
      const input = inputs[index] as I;
      outputs[index] = await work(input);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, inputs.length) }, worker));
  return outputs;
}
