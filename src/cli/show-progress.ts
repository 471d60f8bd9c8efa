import { visible } from '../playbook/visible.ts';
import type { Clock } from '../ports/clock.ts';

/** What is being done, for somebody who waits at a terminal. */
export interface Progress {
  readonly say: (doing: string) => void;
  end(): void;
}

/** What is over sooner needs no word. */
const QUIET_MS = 800;
const WIDTH = 78;

/** One line on a terminal that is written over and taken away at the end; nothing anywhere else, and nothing at first. */
export function showProgress(stream: NodeJS.WriteStream, clock: Clock): Progress {
  if (stream.isTTY !== true) return { say: () => {}, end: () => {} };
  const { signal, end } = clock.lifetime();
  let doing = '';
  let shown = false;
  const draw = () => {
    shown = true;
    stream.write(`\r\u001b[2K… ${visible(doing).replaceAll('\n', ' ').slice(0, WIDTH)}`);
  };
  clock.sleep(QUIET_MS, signal).then(draw, () => undefined);
  return {
    say: (now) => {
      doing = now;
      if (shown) draw();
    },
    end: () => {
      end();
      if (shown) stream.write('\r\u001b[2K');
      shown = false;
    },
  };
}
