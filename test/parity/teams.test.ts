import { tryUseCases } from './try-use-cases.ts';

tryUseCases('teams');
