/** More than a swap or a renewal makes: a loop that would go on beyond it is broken. */
const MOST_CALLS = 30;
/** More at once take longer, and what dies again and again meanwhile is started more often. */
const AT_ONCE = 2;
/** `npm run chaos:long` visits every call of everything. */
export const THOROUGH = process.env.EXECFMT_EVERY_CALL === 'true';
/** Else where there are many cases: each visits every so many calls, one later than the case before, so that together they visit all. */
const STRIDE = 6;

/**
 * Visits the first call of something, the second, and so on, some of them at the same time, until a visit tells that there was no
 * such call. Gives how many there were.
 */
export async function atEveryCall(visit: (call: number) => Promise<boolean>): Promise<number> {
  return atCalls(1, 1, visit);
}

/** The same for the calls that a case has its turn with, and for all of them in the long run. Gives how many there were at least. */
export async function atSomeCalls(inCase: number, visit: (call: number) => Promise<boolean>): Promise<number> {
  return THOROUGH ? atEveryCall(visit) : atCalls(1 + (inCase % STRIDE), STRIDE, visit);
}

async function atCalls(begin: number, stride: number, visit: (call: number) => Promise<boolean>): Promise<number> {
  for (let first = begin; first <= MOST_CALLS; first += stride * AT_ONCE) {
    const calls = Array.from({ length: AT_ONCE }, (_, at) => first + at * stride);
    const were = await Promise.all(calls.map(visit));
    const none = calls[were.indexOf(false)];
    if (none !== undefined) return Math.max(0, none - stride);
  }
  throw new Error(`more than ${MOST_CALLS} calls were made`);
}
