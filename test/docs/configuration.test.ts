import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { configSchema } from '../../src/config/schema.ts';
import { configurationPage, keysOf, type Schema } from './configuration-page.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
const schema = configJsonSchema() as Schema;

/** The zod type that a key like `services.<name>.targets[].host` has. */
function typeAt(path: string): z.ZodType {
  const steps = path.split('.').flatMap((step) => (step.endsWith('[]') ? [step.slice(0, -2), '[]'] : [step]));
  return steps.reduce<z.ZodType>((type, step) => {
    const inner = type instanceof z.ZodOptional ? (type.unwrap() as z.ZodType) : type;
    if (step === '<name>' && inner instanceof z.ZodRecord) return inner.valueType as z.ZodType;
    if (step === '[]' && inner instanceof z.ZodArray) return inner.element as z.ZodType;
    if (inner instanceof z.ZodObject && inner.shape[step]) return inner.shape[step] as z.ZodType;
    throw new Error(`${path}: the schema has no ${step}`);
  }, configSchema);
}

describe('docs/configuration.md', () => {
  it('is what the schema says; `npm run docs` writes it anew', () => expect(page).toBe(configurationPage(schema)));

  it('has many keys', () => expect(keysOf(schema).length).toBeGreaterThan(60));

  it.each(keysOf(schema).map((key) => [key.path, key] as const))(
    '%s is described, with a valid example',
    (path, key) => {
      expect(key.schema.description?.trim(), 'no description; write one in src/config/schema.ts').toMatch(/\.$/);
      expect(key.schema.examples, 'no example; write one in src/config/schema.ts').toHaveLength(1);
      const parsed = typeAt(path).safeParse(key.schema.examples?.[0]);
      expect(parsed.error?.issues ?? []).toEqual([]);
    },
  );
});
