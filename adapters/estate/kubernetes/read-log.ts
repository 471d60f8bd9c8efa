import { ProbeError } from '../../../src/playbook/answer.ts';
import type { LogTail } from '../../../src/playbook/evidence.ts';
import type { Api } from './api.ts';
import { redactionFor } from './inspect-instance.ts';
import type { PodAt } from './read-pod.ts';
import { RESOURCES } from './resources.ts';

const LINES_CAP = 1_000;
const LINE_CAP = 2_000;
const BYTES_CAP = 64 * 1024;
/** The kubelet cuts at the end, where the last words are: so more is read than is kept. */
const READ_CAP = 4 * 1024 * 1024;

/**
 * The last lines that a container wrote, oldest first: of its present life while it runs, else of the one before, where
 * the runtime's last words are. The literal values of its environment are hidden. Rejects with ProbeError.
 */
export async function readLog(
  api: Api,
  { pod, container }: PodAt,
  lines: number,
  signal: AbortSignal,
): Promise<LogTail> {
  const { running, terminated } = container.status?.state ?? {};
  const before = container.status?.lastState?.terminated !== undefined;
  const previous = running === undefined && terminated === undefined && before;
  const tailLines = Math.max(1, Math.min(LINES_CAP, Math.trunc(lines)));
  const read = (ofPrevious: boolean) => {
    const { name = '', namespace = '' } = pod.metadata ?? {};
    const query = {
      container: container.spec.name ?? '',
      tailLines: String(tailLines),
      limitBytes: String(READ_CAP),
      ...(ofPrevious && { previous: 'true' }),
    };
    const asked = { verb: 'get', resource: RESOURCES.pods, namespace, name, below: 'log' } as const;
    return api.text(asked, query, READ_CAP, signal);
  };
  const { text, cut } = await firstOf([() => read(previous), () => read(!previous && before)]);
  return tailOf(text, tailLines, cut, redactionFor(container.spec));
}

/** The kubelet answers 400 when that life's log is not there (yet, or any more): then the other one is as good. */
async function firstOf<T>([first, second]: readonly [() => Promise<T>, () => Promise<T>]): Promise<T> {
  try {
    return await first();
  } catch (error) {
    if (!(error instanceof ProbeError) || error.why.code !== 'invalid') throw error;
    return second();
  }
}

function tailOf(text: string, wanted: number, cut: boolean, redact: (line: string) => string): LogTail {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  const kept: string[] = [];
  let truncated = cut;
  let bytes = 0;
  for (const line of all.slice(-wanted).reverse()) {
    // Hidden before it is cut, or half of a value would remain at the cut.
    const whole = redact(line.replace(/\r+$/, ''));
    const short = whole.slice(0, LINE_CAP);
    if (short !== whole) truncated = true;
    bytes += Buffer.byteLength(short) + 1;
    if (bytes > BYTES_CAP) return { lines: kept.reverse(), truncated: true };
    kept.push(short);
  }
  return { lines: kept.reverse(), truncated };
}
