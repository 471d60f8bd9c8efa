import { APPROVING } from './cases/approving.ts';
import { ASKING } from './cases/asking.ts';
import { COMMANDS } from './cases/commands.ts';
import { DECIDING } from './cases/deciding.ts';
import { TROUBLE } from './cases/trouble.ts';
import type { UseCase } from './use-case.ts';

/** The one table: each case is tried in every chat where it is possible. */
export const USE_CASES: readonly UseCase[] = [...ASKING, ...APPROVING, ...TROUBLE, ...DECIDING, ...COMMANDS];
