import { existsSync, readFileSync, writeFileSync } from 'node:fs';

interface Report {
  readonly files: Readonly<Record<string, { mutants: readonly { readonly status: string }[] }>>;
}

const NOTICED: readonly string[] = ['Killed', 'Timeout'];

/**
 * Leaves only the mutants in Stryker's last results that a test noticed, so that all others are tried again. By itself
 * Stryker goes on saying that a mutant of a constant survived, or that no test runs it, when tests were written since:
 * it does not know which tests run the constants of a module.
 */
export function forgetSurvivors(file: string): void {
  if (!existsSync(file)) return;
  const report: Report = JSON.parse(readFileSync(file, 'utf8'));
  for (const one of Object.values(report.files)) {
    one.mutants = one.mutants.filter(({ status }) => NOTICED.includes(status));
  }
  writeFileSync(file, JSON.stringify(report));
}
