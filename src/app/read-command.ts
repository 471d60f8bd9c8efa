import { nearest } from '../config/suggest.ts';
import { formatPlatform, type Platform, parsePlatform } from '../image/platform.ts';

/** What a person typed after `/execfmt`. */
export type Command =
  | { readonly kind: 'diagnose'; readonly target: string; readonly on: string | null }
  | { readonly kind: 'help' | 'status' | 'list' | 'practice' }
  /** Without platforms every one that is published. */
  | { readonly kind: 'check'; readonly image: string; readonly platforms: readonly Platform[] }
  | { readonly kind: 'transcript'; readonly run: string; readonly format: 'md' | 'html' }
  | { readonly kind: 'again'; readonly run: string }
  /** A command that names a run, without the run. */
  | { readonly kind: 'which-run'; readonly command: 'transcript' | 'again' }
  /** `commands`: what was probably meant, as it would be typed. */
  | { readonly kind: 'unreadable'; readonly why: string; readonly commands: readonly string[] };

/** The words that are commands. A target of such a name is asked for by `diagnose NAME` or `NAME on WHERE`. */
export const COMMAND_WORDS = [
  'help',
  'status',
  'list',
  'check',
  'transcript',
  'again',
  'practice',
  'diagnose',
] as const;

/** Longer than any container's or workload's name, and any run's id. */
const NAME_LIMIT = 255;
/** Longer than any image reference: a repository of 255, a host, a tag and a digest. */
const IMAGE_LIMIT = 700;
const PLATFORMS = 10;

const USAGE = 'Type a name, or a name and where: `/execfmt pdf-renderer on render-01`.';

/**
 * Reads what the help names: `pdf-renderer`, `pdf-renderer on render-01`, `status`, `check IMAGE`, `transcript RUN` … A leading
 * `/execfmt` is taken off.
 */
export function readCommand(text: string): Command {
  const words = text
    .trim()
    .replace(/^\/execfmt(?!\S)/, '')
    .split(/\s+/)
    .filter((word) => word.length > 0);
  const [first, second, third, ...rest] = words;
  if (first === undefined) return { kind: 'help' };
  if (second === 'on' && third !== undefined && rest.length === 0) return diagnose(first, third);
  const read = readWord(first, words.slice(1));
  if (read) return read;
  if (second === undefined) return diagnose(first, null);
  const meant = nearest(first, COMMAND_WORDS, 2).map((word) => ['/execfmt', word, ...words.slice(1)].join(' '));
  const place = words.length === 2 && second !== 'on' ? [`/execfmt ${first} on ${second}`] : [];
  return unreadable(USAGE, [...meant, ...place]);
}

/** A line that begins with the word of a command; null when it is none. */
function readWord(first: string, rest: readonly string[]): Command | null {
  const [second] = rest;
  switch (first) {
    case 'help':
      return { kind: 'help' };
    case 'status':
    case 'list':
    case 'practice':
      return second === undefined ? { kind: first } : unreadable(`\`${first}\` stands alone.`, [`/execfmt ${first}`]);
    case 'check':
      return readCheck(rest);
    case 'transcript':
      return readTranscript(rest);
    case 'again':
      if (second === undefined) return { kind: 'which-run', command: 'again' };
      return rest.length === 1 && second.length <= NAME_LIMIT
        ? { kind: 'again', run: second }
        : unreadable('`again` takes one run: `/execfmt again r-7k2m9x`.');
    case 'diagnose':
      return readDiagnose(rest);
    default:
      return null;
  }
}

function readDiagnose([target, on, where, ...more]: readonly string[]): Command {
  if (target === undefined) return unreadable(USAGE);
  if (on === undefined) return diagnose(target, null);
  return on === 'on' && where !== undefined && more.length === 0 ? diagnose(target, where) : unreadable(USAGE);
}

function diagnose(target: string, on: string | null): Command {
  return Math.max(target.length, on?.length ?? 0) > NAME_LIMIT
    ? unreadable('That name is longer than any container’s.')
    : { kind: 'diagnose', target, on };
}

/** `check IMAGE [PLATFORM…]`; `--platform` as on the command line is understood, too. */
function readCheck([image, ...more]: readonly string[]): Command {
  const how =
    'Type the image, and platforms if not all are meant: `/execfmt check registry.corp.io/app:v3 linux/amd64`.';
  if (image === undefined || image.length > IMAGE_LIMIT || more.length > 2 * PLATFORMS) return unreadable(how);
  const named = more.filter((word) => word !== '--platform').map((word) => word.replace(/^--platform=/, ''));
  const platforms = named.flatMap((word) => parsePlatform(word) ?? []);
  if (platforms.length < named.length || platforms.length > PLATFORMS)
    return unreadable(how, [`/execfmt check ${image}`]);
  const distinct = new Map(platforms.map((platform) => [formatPlatform(platform), platform]));
  return { kind: 'check', image, platforms: [...distinct.values()] };
}

function readTranscript([run, format, ...more]: readonly string[]): Command {
  if (run === undefined) return { kind: 'which-run', command: 'transcript' };
  if (run.length <= NAME_LIMIT && more.length === 0) {
    if (format === undefined || format === 'md') return { kind: 'transcript', run, format: 'md' };
    if (format === 'html') return { kind: 'transcript', run, format };
  }
  return unreadable('Type the run, and `html` for a page: `/execfmt transcript r-7k2m9x`.', [
    `/execfmt transcript ${run.slice(0, NAME_LIMIT)}`,
  ]);
}

function unreadable(why: string, commands: readonly string[] = []): Command {
  return { kind: 'unreadable', why, commands };
}
