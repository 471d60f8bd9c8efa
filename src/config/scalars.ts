import * as z from 'zod';
import { parsePlatform } from '../image/platform.ts';
import { DURATION_PATTERN, parseDuration } from './duration.ts';
import { nearest } from './suggest.ts';

const ARCHITECTURES =
  '386 amd64 arm arm64 loong64 mips mipsle mips64 mips64le ppc64 ppc64le riscv64 s390x sparc64 wasm'.split(' ');
const SYSTEMS = 'linux windows darwin freebsd netbsd openbsd solaris illumos aix android wasip1'.split(' ');

/** Says what is wrong with `os/arch[/variant]`; null when it is well formed and both names exist. */
function platformMistake(text: string): string | null {
  const platform = parsePlatform(text);
  if (!platform || !/^[\w./-]+$/.test(text)) return 'is not a platform; write os/architecture, such as linux/amd64';
  if (!SYSTEMS.includes(platform.os)) return unknownName('operating system', platform.os, SYSTEMS);
  if (!ARCHITECTURES.includes(platform.architecture)) {
    return unknownName('architecture', platform.architecture, ARCHITECTURES);
  }
  return null;
}

function unknownName(what: string, name: string, candidates: readonly string[]): string {
  const [guess] = nearest(name, candidates, 1);
  return `${name} is no ${what} that is known${guess ? `; did you mean \`${guess}\`?` : ''}`;
}

/** Anything that is not blank. */
export const text = z.string().regex(/\S/, 'must not be empty');
/** A path, relative to the file that it stands in. */
export const path = text.describe('A path, relative to this file.');
/** `10s`, `30m`, `1h`; more than nothing and at most 14 days. */
export const duration = z
  .string()
  .regex(DURATION_PATTERN, 'must be a duration such as 10s, 30m or 1h')
  .refine(
    (value) => !DURATION_PATTERN.test(value) || parseDuration(value) !== null,
    'must be more than 0 and at most 14d',
  )
  .describe('A duration such as 10s, 30m or 1h; at most 14d.');
/** An address without user and password. */
export const httpUrl = z
  .string()
  .regex(/^https?:\/\/[^\s/@?#]+(?:[/?][^\s#]*)?$/, 'must be an http:// or https:// address, without user or password');
/** What fails here may be a secret pasted in the wrong place, so the words never repeat it. */
export const envName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable (such as CI_TOKEN), not the secret');

/** `127.0.0.1:3000`, `[::1]:3000`, `:3000`. */
export const listenAddress = z
  .string()
  .regex(/^(?:\[[0-9A-Fa-f:.]+\]|[^\s:/]*):\d{1,5}$/, 'must be address:port, such as 127.0.0.1:3000')
  .refine((value) => Number(/\d+$/.exec(value)?.[0] ?? 0) <= 65_535, 'has a port above 65535');

/** How an engine is reached. */
export const dockerUrl = z
  .string()
  .regex(
    /^(?:unix:\/\/\/\S+|npipe:\/\/\/\/\S+|tcp:\/\/[^\s/@?#]+\/?|ssh:\/\/(?:[^\s/@:?#-][^\s/@:?#]*@)?[^\s/@?#-][^\s/@?#]*(?:\/\S*)?)$/,
    'must be ssh://user@host, unix:///path/to/docker.sock or tcp://host:port',
  )
  .describe('The Docker engine: ssh://user@host, unix:///path/to/docker.sock or tcp://host:port.');

/** `os/arch[/variant]`, both of names that exist. */
export const platform = z.string().superRefine((value, context) => {
  const message = platformMistake(value);
  if (message) context.addIssue({ code: 'custom', message });
});

/** What the documentation of a key says, and what may stand there; `docs/configuration.md` is written from it. */
export const key = <T extends z.ZodType>(type: T, description: string, example: unknown): T =>
  type.meta({ description, examples: [example] });
