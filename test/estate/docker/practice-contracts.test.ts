import { estateContract } from '../../contracts/estate-contract.ts';
import { imageSwapperContract } from '../../contracts/image-swapper-contract.ts';
import { practiceBench } from './practice-bench.ts';
import { estateOn, swapperOn } from './under-contract.ts';

estateContract('the practice engine', async () => estateOn(await practiceBench()));
imageSwapperContract('the practice engine', async () => swapperOn(await practiceBench()));
