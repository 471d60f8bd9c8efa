import { formatPlatform, type Platform } from '../image/platform.ts';
import { checkExitStatus, type ImageCheck, type PlatformCheck } from '../playbook/image-check.ts';
import type { Card, CardPart } from './card.ts';
import { commandButton } from './private-card.ts';

const TONE = { pass: 'ok', fail: 'problem', unknown: 'unknown' } as const;
const TITLE = { pass: 'Passes', fail: 'Fails', unknown: 'Could not be checked' } as const;

/**
 * What `check` found of an image: each platform with its fault and culprit, the warnings, and what the command line would say. It
 * knows no services, so with `listed` all that was looked at is named to it.
 */
export function checkCard(check: ImageCheck, wanted: readonly Platform[], listed = false): Card {
  const result = check.pass === null ? 'unknown' : check.pass ? 'pass' : 'fail';
  const conclusion = conclude(check);
  const parts: CardPart[] = [{ kind: 'text', text: conclusion }];
  if (check.platforms.length > 0) {
    parts.push({ kind: 'list', ordered: false, items: check.platforms.map(describePlatform) });
  }
  const warnings = check.warnings.filter(({ code }) => code !== 'not-judged');
  if (warnings.length > 0) {
    parts.push({ kind: 'text', text: 'Warnings:' });
    const items = warnings.map(({ platform, message }) => `! ${platform ? `${platform}: ` : ''}${message}`);
    parts.push({ kind: 'list', ordered: false, items });
  }
  const names = listed ? check.platforms.map(({ platform }) => platform) : wanted.map(formatPlatform);
  const typed = [check.image, ...names.map((platform) => `--platform ${platform}`)].join(' ');
  parts.push({ kind: 'code', text: `execfmt check ${typed}` });
  const status = `As a guard in a pipeline it would end with status ${checkExitStatus(check)}.`;
  parts.push({ kind: 'note', text: check.digest === null ? status : `${status} ${check.kind} ${check.digest}` });
  const again = ['check', check.image, ...wanted.map(formatPlatform)].join(' ');
  return {
    tone: TONE[result],
    title: `${TITLE[result]}: ${check.image}`,
    practice: false,
    parts,
    buttons: [commandButton(again, 'Check again')],
    fallback: `${TITLE[result]}: ${check.image}. ${conclusion} ${check.platforms.map(describePlatform).join(' ')}`,
  };
}

function conclude({ pass, platforms, error }: ImageCheck): string {
  if (error !== null) return `It could not be read: ${error.message}`;
  const failed = platforms.filter((each) => each.pass === false).length;
  const of = `${platforms.length} platform${platforms.length === 1 ? '' : 's'}`;
  if (pass === false) return `${failed} of ${of} would not run.`;
  if (pass === null) return 'Nothing failed, but not everything could be judged.';
  return `${platforms.filter((each) => each.pass === true).length} of ${of} would run; none fails.`;
}

/** `✗ linux/amd64 fails (wrong-arch-binary, /app/render): …`; a sign and a word, for both kinds of reader. */
function describePlatform({
  platform,
  present,
  pass,
  judged,
  fault,
  culprit,
  because,
  entrypoint,
}: PlatformCheck): string {
  if (pass === true && judged) return `✓ ${platform} passes${entrypoint ? `: ${entrypoint}` : ''}`;
  const sign = pass === null ? '? ' : pass ? '✓ ' : '✗ ';
  const word = pass === null ? 'not judged' : pass ? 'passes' : present ? 'fails' : 'is missing';
  const what = [fault === 'none' ? null : fault, culprit].filter((part) => part !== null).join(', ');
  return `${sign}${platform} ${word}${what ? ` (${what})` : ''}: ${because}`;
}
