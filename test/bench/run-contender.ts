import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Contender, Question } from './contenders.ts';

const TIMEOUT_MS = 300_000;

/** Runs a contender once, with a shell as a person would. Gives milliseconds from the start of the process to its end. */
export async function runContender(contender: Contender, question: Question): Promise<number> {
  const began = performance.now();
  const { ms, stdout, stderr } = await finish(contender, question, {}, began);
  expectAnswer(contender, question, stdout, stderr);
  return ms;
}

/** The process tells its own peak at its end: nobody else can be sure to look at the right moment. */
const TELL_PEAK = `
import { readFileSync, writeSync } from 'node:fs';
process.on('exit', () => writeSync(2, 'PEAK ' + readFileSync('/proc/self/status', 'utf8').split('VmHWM:')[1].trim().split('kB')[0] + 'kB '));
`;

/** Runs execfmt once; gives its peak resident memory in MiB. */
export async function peakMemory(contender: Contender, question: Question): Promise<number> {
  const hook = `data:text/javascript;base64,${Buffer.from(TELL_PEAK).toString('base64')}`;
  const { stdout, stderr } = await finish(contender, question, { NODE_OPTIONS: `--import=${hook}` }, 0);
  expectAnswer(contender, question, stdout, stderr);
  const peak = /PEAK (\d+) kB/.exec(stderr)?.[1];
  if (peak === undefined) throw new Error(`${contender.name} did not tell its peak memory: ${stderr}`);
  return Math.round(Number(peak) / 1024);
}

async function finish(contender: Contender, question: Question, more: Record<string, string>, began: number) {
  const { PATH } = process.env;
  const env = {
    ...{ PATH, HOME: question.folder, OUT: join(question.folder, 'out') },
    ...contender.environment,
    ...more,
  };
  const script = contender.script(question);
  const child = spawn('bash', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  await once(child, 'close');
  const ms = performance.now() - began;
  return { ms, stdout: Buffer.concat(output).toString(), stderr: Buffer.concat(errors).toString() };
}

/** A contender that was fast because it did not find the answer is no contender. */
function expectAnswer({ name }: Contender, { image }: Question, said: string, errors: string): void {
  const headers = said.match(/7f 45 4c 46/g)?.length ?? 0;
  if (headers === image.files.length || /"pass": ?true/.test(said)) return;
  throw new Error(`${name} gave no answer for ${image.name}: ${said.slice(-500)} ${errors.slice(-1000)}`);
}
