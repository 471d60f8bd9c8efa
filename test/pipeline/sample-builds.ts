import { createHash } from 'node:crypto';

/** The digest that a build of a commit for an architecture publishes; any will do, as long as it is always the same. */
export function digestFor(revision: string, architecture: string): string {
  return `sha256:${createHash('sha256').update(`${revision} ${architecture}`).digest('hex')}`;
}

/** What the build of the incident prints on a machine: it claims amd64 wherever it runs. */
export function buildOutput(revision: string, architecture: string): readonly string[] {
  return [
    '$ docker build -t registry.corp.io/pdf-renderer:v3 .',
    'Step 1/4 : FROM node:20-alpine',
    'built amd64/linux',
    '$ docker push registry.corp.io/pdf-renderer:v3',
    'The push refers to repository [registry.corp.io/pdf-renderer]',
    `v3: digest: ${digestFor(revision, architecture)} size: 1784`,
  ];
}

export const REVISION = 'a1'.repeat(20);
export const LATEST = 'b2'.repeat(20);
export const PROJECT = 'docs/pdf-renderer';

/** A minute passes with every look at the clock, so that times order things and no test waits. */
export function minutes(): () => Date {
  let at = Date.parse('2026-11-21T07:00:00Z');
  return () => {
    at += 60_000;
    return new Date(at);
  };
}
