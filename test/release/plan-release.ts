/** The files that a release changes, by their name. */
export interface ReleaseFiles {
  readonly 'package.json': string;
  readonly 'package-lock.json': string;
  readonly 'CHANGELOG.md': string;
}

/** What a release would do: the files as they would be, or why it cannot be. */
export type ReleasePlan =
  | { readonly kind: 'planned'; readonly before: string; readonly files: ReleaseFiles; readonly notes: string }
  | { readonly kind: 'refused'; readonly why: string };

const VERSION = /^(\d+)\.(\d+)\.(\d+)$/;
const UNRELEASED = '## Unreleased';

const refused = (why: string): ReleasePlan => ({ kind: 'refused', why });

/** Plans version `wanted` (`0.2.0`), of `date` (`2026-11-21`). */
export function planRelease(files: ReleaseFiles, wanted: string, date: string): ReleasePlan {
  const { version: before } = JSON.parse(files['package.json']) as { readonly version: string };
  if (!VERSION.test(wanted)) return refused(`${wanted} is no version; write it as 0.2.0`);
  if (!isLater(wanted, before)) return refused(`${wanted} is not later than ${before}`);
  const changes = moveChanges(files['CHANGELOG.md'], wanted, date);
  if (changes === null) return refused(`CHANGELOG.md has nothing under “${UNRELEASED}”`);
  return {
    kind: 'planned',
    before,
    notes: changes.notes,
    files: {
      'package.json': setVersion(files['package.json'], wanted),
      'package-lock.json': setLockVersion(files['package-lock.json'], wanted),
      'CHANGELOG.md': changes.page,
    },
  };
}

function isLater(wanted: string, before: string): boolean {
  const numbers = (text: string) => (VERSION.exec(text) ?? []).slice(1).map(Number);
  const [left, right] = [numbers(wanted), numbers(before)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0);
}

/** Puts what is unreleased under the version, and leaves an empty “Unreleased” above it; null when there is nothing. */
function moveChanges(page: string, version: string, date: string): { page: string; notes: string } | null {
  const lines = page.split('\n');
  const from = lines.indexOf(UNRELEASED);
  if (from < 0) return null;
  const next = lines.findIndex((line, index) => index > from && line.startsWith('## '));
  const notes = lines
    .slice(from + 1, next < 0 ? undefined : next)
    .join('\n')
    .trim();
  if (notes === '') return null;
  const rest = next < 0 ? [] : ['', ...lines.slice(next)];
  const head = [...lines.slice(0, from), UNRELEASED, '', `## ${version} (${date})`, '', notes];
  return { page: `${[...head, ...rest].join('\n').trimEnd()}\n`, notes };
}

/** The first `"version"` of package.json is the package's own; all else stays as it is written. */
const setVersion = (text: string, version: string) => text.replace(/("version":\s*)"[^"]*"/, `$1"${version}"`);

/** The lock names it twice: at its top, and for the package in its root. */
function setLockVersion(text: string, version: string): string {
  const lock = JSON.parse(text) as { version: string; packages: Record<string, { version?: string }> };
  const root = lock.packages[''];
  if (root) root.version = version;
  return `${JSON.stringify({ ...lock, version }, null, 2)}\n`;
}
