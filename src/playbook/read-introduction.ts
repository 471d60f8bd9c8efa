import type { BuildLog } from './build-log.ts';

/** How a runner introduces itself at the beginning of a log. */
export type Introduction = Pick<BuildLog, 'runnerName' | 'machineName' | 'runnerImage' | 'executor'>;

type Field = keyof Introduction;

/**
 * GitLab: `Preparing the "docker" executor`, `Running on runner-x via corp-arm64-02...`. GitHub: `Runner name: 'x'`, `Machine
 * name: 'y'`, `Image: ubuntu-24.04-arm`. The first of each counts: later ones are what the build printed.
 */
const FORMS: readonly (readonly [RegExp, readonly Field[]])[] = [
  [/^Preparing the "([\w+-]+)" executor/, ['executor']],
  [/^Using Shell \(\w+\) executor/, []],
  [/^Running on (\S+) via (\S+?)\.{3}$/, ['machineName', 'runnerName']],
  [/^Running on (\S+?)\.{3}$/, ['machineName']],
  [/^Runner name: '([^']{1,200})'$/, ['runnerName']],
  [/^Machine name: '([^']{1,200})'$/, ['machineName']],
  [/^Image: ([\w.-]{1,100})$/, ['runnerImage']],
];

/** `  on corp-arm64-02 seEosqd, system ID: r_Uy8vX4NqW6MQ`, below `Running with gitlab-runner 16.3.3`. */
const GITLAB_NAME = /^ {1,4}on (.{1,200}?) [\w-]{6,20}(?:, system ID: \S+)?$/;

/** Adds what one more line says; `previous` is the line before it. */
export function readIntroduction(so: Introduction, line: string, previous: string): Introduction {
  if (previous.startsWith('Running with gitlab-runner')) {
    const name = GITLAB_NAME.exec(line)?.[1];
    if (name !== undefined) return { ...so, runnerName: name };
  }
  for (const [form, fields] of FORMS) {
    const match = form.exec(line);
    if (!match) continue;
    const found = fields.map((field, index) => [field, so[field] ?? match[index + 1] ?? null]);
    return { ...so, ...Object.fromEntries(found) };
  }
  return so;
}
