import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { DEFAULT_PATH } from '../image/default-path.ts';
import { parsePlatform } from '../image/platform.ts';
import type { BinfmtHandler, KernelHost } from '../kernel/host.ts';

/** What is to be predicted, read and checked. */
export interface PredictRequest {
  /** A directory or a tar archive. */
  readonly rootfs: string;
  readonly argv: readonly string[];
  readonly path: string | null;
  readonly cwd: string;
  /** As a container's `User` says it; empty is root. */
  readonly user: string;
  readonly host: KernelHost;
}

const hex = z
  .string()
  .regex(/^(?:[0-9a-fA-F]{2})*$/, 'must be bytes in hex')
  .transform((text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));

const common = { name: z.string().default(''), enabled: z.boolean().default(true), interpreter: z.string() };
const handler = z
  .object({
    ...common,
    flags: z.string().default(''),
    offset: z.int().min(0).default(0),
    magic: hex.optional(),
    mask: hex.nullish(),
    extension: z.string().optional(),
  })
  .refine(({ magic, extension }) => (magic === undefined) !== (extension === undefined), {
    error: 'needs either a magic or an extension',
  })
  .transform(
    ({ name, enabled, interpreter, flags, offset, magic, mask, extension }): BinfmtHandler => ({
      name,
      enabled,
      interpreter,
      flags,
      match:
        magic === undefined
          ? { kind: 'extension', extension: extension ?? '' }
          : { kind: 'magic', offset, magic, mask: mask ?? null },
    }),
  );
const handlers = z.array(handler);

const platform = z.string().transform((text, context) => {
  const parsed = parsePlatform(text);
  if (parsed) return parsed;
  context.addIssue({ code: 'custom', message: 'must be OS/ARCH, such as linux/amd64' });
  return z.NEVER;
});
const pageSize = z.int().refine((size) => size >= 1024 && Number.isInteger(Math.log2(size)), {
  error: 'must be a power of two, such as 4096',
});

/** A line of the batch, in the words of the outside contract. */
const requestSchema = z.object({
  rootfs: z.string().min(1, 'must name a directory or a tar archive'),
  argv: z.array(z.string()).min(1, 'must name the program that is executed'),
  host: platform,
  path: z.string().nullish(),
  cwd: z.string().nullish(),
  user: z.string().nullish(),
  page_size: pageSize.nullish(),
  kernel: z
    .string()
    .regex(/^\d+\.\d+/, 'must be a version such as 6.18')
    .nullish(),
  cpu: z
    .string()
    .regex(/^x86-64-v[1-4]$/, 'must be x86-64-v1 to x86-64-v4')
    .nullish(),
  compat32: z.boolean().nullish(),
  mmap_min_addr: z.int().min(0).nullish(),
  va_bits: z.int().min(20).max(64).nullish(),
  binfmt: z.union([handlers, z.string()]).nullish(),
});

/** Words for what is wrong, one mistake after the other: `argv must name …; host must be …`. */
function describe(error: z.ZodError): string {
  const words = error.issues.map(({ path, message }) => `${path.join('.') || 'it'} ${message}`.trim());
  return words.slice(0, 5).join('; ');
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'must be a list',
  int: 'must be a whole number',
  number: 'must be a number',
  object: 'must be a JSON object',
  string: 'must be a string',
  boolean: 'must be true or false',
};

/** Words for the mistakes that the schema has none for. */
function sayWhat(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_union') return 'must be a list of handlers or the name of a file';
  if (issue.code !== 'invalid_type') return undefined;
  return issue.input === undefined ? 'is missing' : KINDS[issue.expected];
}

function parse<T>(schema: z.ZodType<T>, value: unknown, prefix: string): T {
  const result = schema.safeParse(value, { error: sayWhat });
  if (result.success) return result.data;
  throw new Error(`${prefix}${describe(result.error)}`);
}

/** Reads a file with binfmt_misc handlers. Throws with a sentence when it is none. */
function readHandlers(file: string): readonly BinfmtHandler[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`binfmt: ${file} cannot be read as JSON: ${why}`, { cause: error });
  }
  return parse(handlers, value, `binfmt: in ${file}: `);
}

/** Handler files by name: a batch names the same one again and again. */
export function createRequestReader(): (value: unknown) => PredictRequest {
  const files = new Map<string, readonly BinfmtHandler[]>();
  const handlersIn = (file: string): readonly BinfmtHandler[] => {
    const known = files.get(file) ?? readHandlers(file);
    files.set(file, known);
    return known;
  };
  return (value) => {
    const asked = parse(requestSchema, value, '');
    const binfmt = typeof asked.binfmt === 'string' ? handlersIn(asked.binfmt) : (asked.binfmt ?? null);
    const { os, architecture, variant } = asked.host;
    return {
      rootfs: asked.rootfs,
      argv: asked.argv,
      path: asked.path === undefined ? DEFAULT_PATH : asked.path,
      cwd: asked.cwd || '/',
      user: asked.user ?? '',
      host: {
        os,
        arch: architecture,
        variant,
        pageSize: asked.page_size ?? null,
        compat32: asked.compat32 ?? null,
        kernel: asked.kernel ?? null,
        cpuLevel: asked.cpu ? Number(asked.cpu.at(-1)) : null,
        binfmt,
        mmapMinAddr: asked.mmap_min_addr ?? null,
        vaBits: asked.va_bits ?? null,
      },
    };
  };
}
