import { formatPlatform } from '../image/platform.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { UsageError } from './exit-status.ts';
import { answerOf, predictBatch } from './predict-batch.ts';
import { predictOne } from './predict-one.ts';
import { createRequestReader, type PredictRequest } from './predict-request.ts';
import { createRootFileSystems } from './root-file-systems.ts';
import { createTerminal, printJson } from './terminal.ts';

/** As commander gives them; what is missing was not said. */
export interface PredictOptions {
  readonly batch: boolean;
  readonly json: boolean;
  readonly rootfs?: string;
  readonly host?: string;
  readonly pageSize?: string;
  readonly kernel?: string;
  readonly binfmt?: string;
  readonly path?: string;
  readonly cwd?: string;
  readonly user?: string;
}

/** `execfmt predict`: 0 would run, 1 would not; with `--batch` JSON lines from stdin to stdout, and 0. */
export async function predict(argv: readonly string[], options: PredictOptions): Promise<number> {
  if (options.batch) {
    if (argv.length > 0) throw new UsageError('--batch reads its cases from stdin; leave ARGV out.');
    await predictBatch(process.stdin, process.stdout);
    return 0;
  }
  const request = requestOf(argv, options);
  const outcome = predictIn(request);
  if (options.json) printJson(answerOf(outcome));
  else createTerminal(process.stdout).say(inWords(outcome, request));
  return outcome.outcome === 'runs' ? 0 : 1;
}

function requestOf(argv: readonly string[], options: PredictOptions): PredictRequest {
  const { rootfs, host, kernel, binfmt, path, cwd, user } = options;
  if (rootfs === undefined || host === undefined || argv.length === 0) {
    throw new UsageError(
      'which case? Give --rootfs DIR_OR_TAR --host OS/ARCH -- ARGV…, or --batch and JSON lines on stdin.',
    );
  }
  const pageSize = options.pageSize === undefined ? undefined : Number(options.pageSize);
  try {
    return createRequestReader()({ rootfs, argv, host, kernel, binfmt, path, cwd, user, page_size: pageSize });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function predictIn(request: PredictRequest): Outcome {
  const roots = createRootFileSystems();
  try {
    return predictOne(roots.open(request.rootfs), request);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    roots.close();
  }
}

function inWords(outcome: Outcome, { argv, host }: PredictRequest): string {
  const platform = formatPlatform({ os: host.os, architecture: host.arch, variant: host.variant });
  const runs = outcome.outcome === 'runs';
  const number = outcome.errno === null ? '' : ` (errno ${outcome.errno})`;
  const status = outcome.exit === null ? '' : `, exit status ${outcome.exit}`;
  const lines = [
    `${argv[0]} on ${platform}: ${runs ? 'runs' : `does not run: ${outcome.outcome}${number}${status}`}`,
    `  ${outcome.because}`,
    ...(outcome.culprit === null ? [] : [`  culprit: ${JSON.stringify(outcome.culprit)}`]),
    ...(outcome.suspicion === null ? [] : [`  but: ${outcome.suspicion.because}`]),
    ...(outcome.fault === 'none' ? [] : [`  fault: ${outcome.fault}`]),
    ...(outcome.chain.length > 1 ? [`  opened: ${outcome.chain.map((name) => JSON.stringify(name)).join(' → ')}`] : []),
  ];
  return lines.join('\n');
}
