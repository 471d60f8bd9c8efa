import { COMMANDS } from './cases/commands.ts';
import { DECIDING } from './cases/deciding.ts';
import type { UseCase } from './use-case.ts';

/** Use cases of commands and presses that are not in the table yet. */
export const USE_CASES_COMMANDS: readonly UseCase[] = [...DECIDING, ...COMMANDS];
