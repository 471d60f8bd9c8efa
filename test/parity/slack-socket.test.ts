import { tryUseCases } from './try-use-cases.ts';

tryUseCases('slack-socket');
