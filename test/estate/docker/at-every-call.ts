/** More than a swap makes: a loop that would go on beyond it is broken. */
const MOST_CALLS = 20;
/** They wait for the engine more than they compute. */
const AT_ONCE = 4;

/**
 * Visits the first call of something, the second, and so on, some of them at the same time, until a visit tells that there was no
 * such call. Gives how many there were.
 */
export async function atEveryCall(visit: (call: number) => Promise<boolean>): Promise<number> {
  for (let first = 1; first <= MOST_CALLS; first += AT_ONCE) {
    const calls = Array.from({ length: AT_ONCE }, (_, at) => first + at);
    const were = await Promise.all(calls.map(visit));
    if (were.includes(false)) return first + were.indexOf(false) - 1;
  }
  throw new Error(`more than ${MOST_CALLS} calls were made`);
}
