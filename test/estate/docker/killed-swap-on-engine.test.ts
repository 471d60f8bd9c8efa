import { realBench } from './incident-bench.ts';
import { killedSwap } from './killed-swap.ts';

killedSwap('a Docker engine', realBench);
