import { expect } from 'vitest';
import type { InstanceEvidence } from '../../src/playbook/instance-evidence.ts';
import { judge } from '../../src/playbook/judge/judge.ts';
import type { Verdict } from '../../src/playbook/verdict.ts';

/** A sentence about an incident, the evidence, and what has to be said of it. */
export type Row = [sentence: string, evidence: InstanceEvidence, verdict: Partial<Verdict>];

/** Judges the evidence of a row, for `it.each`. */
export const expectVerdict = (...[, evidence, verdict]: Row) => expect(judge(evidence)).toMatchObject(verdict);

/** The summary of what does not start on the sample’s host. */
export const fails = (because: string) => `pdf-renderer on render-01 does not start: ${because}`;

/** The summary of a failure that is none of execve(2). */
export const other = (because: string) => `pdf-renderer on render-01: This is no exec format error: ${because}`;

/** A summary that says this somewhere. */
export const saying = (words: string): string => expect.stringContaining(words);

/** The last line of a log in the words of runc from 1.1 on. */
export const reported = (words: string): readonly string[] => [`exec /app/render: ${words}`];
