import type { CheckWarning, ImageCheck, PlatformCheck } from '../playbook/image-check.ts';
import { visible } from '../playbook/visible.ts';
import { wrapText } from './wrap-text.ts';

const WIDTH = 80;
const COLOUR = { pass: 32, fail: 31, unknown: 33, faint: 2, strong: 1 } as const;
type Paint = (colour: keyof typeof COLOUR, text: string) => string;

/** The report for people: a line for each platform, why it fails, the warnings, and the result. At most 80 columns. */
export function checkReportText(check: ImageCheck, colour: boolean): string {
  const paint: Paint = (name, text) => (colour ? `\u001b[${COLOUR[name]}m${text}\u001b[0m` : text);
  // What is not judged says so in its own line.
  const warnings = check.warnings.filter(({ code }) => code !== 'not-judged');
  const lines = [
    paint('strong', visible(check.image)),
    ...(check.digest === null ? [] : [paint('faint', `${check.kind} ${check.digest}`)]),
    '',
    ...(check.error === null ? [] : unreadable(check.error, paint)),
    ...check.platforms.flatMap((platform) => platformLines(platform, paint)),
    ...(warnings.length === 0 ? [] : ['', ...warnings.flatMap((warning) => warningLines(warning, paint))]),
    '',
    ...conclusion(check, paint),
  ];
  return lines.join('\n');
}

function unreadable(error: NonNullable<ImageCheck['error']>, paint: Paint): string[] {
  return [
    paint('unknown', '? could not be read'),
    ...wrapText(visible(`${error.target}: ${error.message}`), WIDTH, '    '),
  ];
}

function platformLines(check: PlatformCheck, paint: Paint): string[] {
  const head = `${verdict(check, paint)} ${paint('strong', visible(check.platform))}`;
  const what = check.pass === true && check.entrypoint !== null ? `  ${visible(check.entrypoint)}` : '';
  const digest = check.pass === false && check.digest !== null ? [paint('faint', `    ${check.digest}`)] : [];
  const quiet = check.pass === true && check.judged;
  const fault = check.fault === null || check.fault === 'none' ? '' : `${check.fault}: `;
  return [head + what, ...digest, ...(quiet ? [] : wrapText(visible(fault + check.because), WIDTH, '    '))];
}

/** A sign and a word: colour alone tells nothing to many, and nothing in a log. */
function verdict({ pass, present }: PlatformCheck, paint: Paint): string {
  if (pass === null) return paint('unknown', '? not judged');
  if (pass) return paint('pass', '✓ passes');
  return paint('fail', present ? '✗ fails' : '✗ missing');
}

function warningLines({ code, platform, message }: CheckWarning, paint: Paint): string[] {
  const about = platform === null ? '' : ` ${visible(platform)}`;
  return [`${paint('unknown', '! warning')}${about}: ${code}`, ...wrapText(visible(message), WIDTH, '    ')];
}

function conclusion({ pass, platforms, error }: ImageCheck, paint: Paint): string[] {
  if (pass === null) {
    const why =
      error === null && platforms.every((each) => each.error === null)
        ? 'nothing could be judged'
        : 'not all could be read';
    return [paint('unknown', `? Could not check: ${why}.`)];
  }
  const failed = platforms.filter((each) => each.pass === false).length;
  const count = (n: number) => `${n} platform${n === 1 ? '' : 's'}`;
  if (!pass) return [paint('fail', `✗ ${failed} of ${count(platforms.length)} would not run.`)];
  return [paint('pass', `✓ ${count(platforms.filter((each) => each.pass === true).length)} checked, all pass.`)];
}
