import { suite } from '../../lab/requirements.ts';
import { realBench } from './incident-bench.ts';
import { killedSwap } from './killed-swap.ts';

suite('dying on a real engine', ['engine', 'no-emulator'], () => {
  killedSwap('a Docker engine', realBench);
});
