import { writeFileSync } from 'node:fs';
import { systemClock } from '../../adapters/system/clock.ts';
import { checkImage } from '../app/check-image.ts';
import { formatPlatform, type Platform } from '../image/platform.ts';
import { checkExitStatus, type ImageCheck } from '../playbook/image-check.ts';
import { checkReportText } from '../view/check-report-text.ts';
import { redactDeep } from '../view/redact-deep.ts';
import { UsageError } from './exit-status.ts';
import { openImages } from './open-images.ts';
import { readPlatform } from './read-platform.ts';
import { showProgress } from './show-progress.ts';
import { printJson } from './terminal.ts';
import { untilInterrupted } from './until-interrupted.ts';
import { VERSION } from './version.ts';

/** As the command line gives them; what was not given is left out. */
export interface CheckOptions {
  readonly platform?: readonly string[];
  readonly on?: string;
  readonly config?: string;
  readonly json: boolean;
  readonly sarif?: string;
  readonly junit?: string;
}

/** A guard that hangs holds a pipeline up; layers have their own, shorter deadlines. */
const DEADLINE_MS = 15 * 60_000;

/** `execfmt check IMAGE`: whether what is published would run. Gives the exit status of the contract. */
export async function check(image: string, options: CheckOptions): Promise<number> {
  const platforms = options.platform ? distinct(options.platform.map(readPlatform)) : null;
  const opened = await openImages(image, { config: options.config ?? null, on: options.on ?? null });
  const progress = showProgress(process.stderr, systemClock);
  const startedAt = systemClock.monotonic();
  const found = await untilInterrupted(async (interrupted) => {
    try {
      const { images, reference, moves } = opened;
      const signal = systemClock.deadline(DEADLINE_MS, interrupted);
      return await checkImage({ images, progress: progress.say }, { image, reference, platforms, moves }, signal);
    } finally {
      progress.end();
      await opened.close();
    }
  });
  const clean = redactDeep(found, opened.redact);
  if (options.json) printJson(clean);
  else process.stdout.write(`${checkReportText(clean, mayColour(process.stdout))}\n`);
  await writeReports(clean, options, (systemClock.monotonic() - startedAt) / 1000);
  return checkExitStatus(clean);
}

function distinct(platforms: readonly Platform[]): readonly Platform[] {
  return [...new Map(platforms.map((platform) => [formatPlatform(platform), platform])).values()];
}

const mayColour = (stream: NodeJS.WriteStream) => stream.isTTY === true && process.env.NO_COLOR === undefined;

async function writeReports(found: ImageCheck, { sarif, junit }: CheckOptions, seconds: number): Promise<void> {
  if (sarif !== undefined) {
    const { checkReportSarif } = await import('../view/check-report-sarif.ts');
    write(sarif, `${JSON.stringify(checkReportSarif(found, VERSION), null, 2)}\n`);
  }
  if (junit !== undefined) {
    const { checkReportJunit } = await import('../view/check-report-junit.ts');
    write(junit, checkReportJunit(found, seconds));
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new UsageError(`the report cannot be written to ${path} (${code})`, { cause: error });
  }
}
