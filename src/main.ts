import { runProgram } from './cli/program.ts';
import { createTerminal } from './cli/terminal.ts';

process.exitCode = await runProgram(process.argv.slice(2)).catch((error: unknown) => {
  createTerminal(process.stderr).say(
    `execfmt broke down: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return 3;
});
