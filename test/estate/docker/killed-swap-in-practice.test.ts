import { killedSwap } from './killed-swap.ts';
import { practiceBench } from './practice-bench.ts';

killedSwap('the practice engine', practiceBench);
