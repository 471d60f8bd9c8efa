import type { BuildLog } from './build-log.ts';

/** How a runner introduces itself at the beginning of a log. */
export type Introduction = Pick<BuildLog, 'runnerName' | 'machineName' | 'runnerImage' | 'executor'>;

type Field = keyof Introduction;

/**
 * GitLab: `Preparing the "docker" executor` (before 12: `Using Docker executor with image …`), `Running on runner-x via
 * build-07...`, where the first is the job's container and the second the machine. GitHub: `Runner name: 'x'`, `Machine name: 'y'`,
 * `Image: ubuntu-24.04-arm`. The first of each counts: later ones are what the build printed.
 */
const FORMS: readonly (readonly [RegExp, Field])[] = [
  [/^Preparing the "([\w+-]+)" executor/, 'executor'],
  [/^Using (Docker|Kubernetes|Shell|SSH) executor\b/, 'executor'],
  [/^Running on \S+ via (\S+?)\.{3}$/, 'machineName'],
  [/^Running on (\S+?)\.{3}$/, 'machineName'],
  [/^Runner name: '([^']{1,200})'$/, 'runnerName'],
  [/^Machine name: '([^']{1,200})'$/, 'machineName'],
  [/^Image: ([\w.-]{1,100})$/, 'runnerImage'],
];

const GITLAB = /^Running with gitlab-(?:ci-multi-)?runner /;
/** `  on corp-arm64-02 seEosqd, system ID: r_Uy8vX4NqW6MQ`, before 10.4 `  on corp-arm64-02 (1bd8b63d)`, below `Running with gitlab-runner 16.3.3`. */
const GITLAB_NAME = /^ {1,4}on (.{1,200}?) (?:[\w-]{6,20}|\(\w{6,20}\))(?:, system ID: \S+)?$/;

/** Adds what one more line says; `previous` is the line before it. */
export function readIntroduction(so: Introduction, line: string, previous: string): Introduction {
  const name = GITLAB.test(previous) ? GITLAB_NAME.exec(line)?.[1] : undefined;
  if (name !== undefined) return so.runnerName === null ? { ...so, runnerName: name } : so;
  for (const [form, field] of FORMS) {
    const found = form.exec(line)?.[1];
    if (found === undefined) continue;
    return so[field] === null ? { ...so, [field]: field === 'executor' ? found.toLowerCase() : found } : so;
  }
  return so;
}
