import { estateContract } from '../../contracts/estate-contract.ts';
import { imageSwapperContract } from '../../contracts/image-swapper-contract.ts';
import { realBench } from './incident-bench.ts';
import { estateOn, swapperOn } from './under-contract.ts';

estateContract('a Docker engine', async () => estateOn(await realBench()));
imageSwapperContract('a Docker engine', async () => swapperOn(await realBench()));
