import type { ImageCheck, PlatformCheck } from '../playbook/image-check.ts';

/**
 * The report as JUnit XML, in the form that GitLab, Jenkins and GitHub's reporters read: a suite for the reference, a case
 * for each platform, warnings in the suite's output. `seconds` is how long the check took.
 */
export function checkReportJunit(check: ImageCheck, seconds: number): string {
  const cases = check.error === null ? check.platforms.map((each) => caseOf(check.image, each)) : [unreadable(check)];
  const count = (kind: string) => cases.filter((each) => each.includes(`<${kind} `)).length;
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  const time = `time="${seconds.toFixed(3)}"`;
  const out = check.warnings.map(({ code, platform, message }) => `warning ${platform ?? 'all'} ${code}: ${message}`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="execfmt check" ${counts} ${time}>`,
    `  <testsuite name=${quoted(check.image)} ${counts} ${time}>`,
    ...cases,
    ...(out.length === 0 ? [] : [`    <system-out>${escapeXml(out.join('\n'))}</system-out>`]),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf(image: string, check: PlatformCheck): string {
  const open = `    <testcase classname=${quoted(image)} name=${quoted(`${check.platform} would run`)} time="0"`;
  const told = tell(check);
  return told === null ? `${open}/>` : `${open}>\n      ${told}\n    </testcase>`;
}

function tell({ pass, fault, error, because, digest, culprit }: PlatformCheck): string | null {
  if (pass === true) return null;
  if (error !== null) return `<error type=${quoted(error.code)} message=${quoted(because)}/>`;
  if (pass === null) return `<skipped message=${quoted(because)}/>`;
  const facts = [digest === null ? '' : `digest: ${digest}`, culprit === null ? '' : `file: ${culprit}`, because];
  const text = facts.filter((fact) => fact !== '').join('\n');
  return `<failure type=${quoted(fault ?? 'unknown')} message=${quoted(because)}>${escapeXml(text)}</failure>`;
}

function unreadable({ image, error }: ImageCheck): string {
  const message = `${error?.target}: ${error?.message}`;
  const told = `<error type=${quoted(error?.code ?? 'unknown')} message=${quoted(message)}/>`;
  return `    <testcase classname=${quoted(image)} name="can be read" time="0">\n      ${told}\n    </testcase>`;
}

const quoted = (text: string) => `"${escapeXml(text).replace(/\n/g, '&#10;')}"`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for XML 1.0: the five entities, and what no XML may hold (control characters, lone surrogates) made visible. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replace(/(?![\t\n])[\p{Cc}\uFFFE\uFFFF]/gu, (odd) => `\\x${odd.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
