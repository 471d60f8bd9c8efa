import { estateContract } from '../../contracts/estate-contract.ts';
import { imageSwapperContract } from '../../contracts/image-swapper-contract.ts';
import { suite } from '../../lab/requirements.ts';
import { realBench } from './incident-bench.ts';
import { estateOn, swapperOn } from './under-contract.ts';

suite('contracts on a real engine', ['engine', 'no-emulator'], () => {
  estateContract('a Docker engine', async () => estateOn(await realBench()));
  imageSwapperContract('a Docker engine', async () => swapperOn(await realBench()));
});
