import * as z from 'zod';
import { configSchema } from './schema.ts';

/** The JSON Schema (2020-12) of the configuration file, for editors and `execfmt config schema`. */
export function configJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(configSchema, { io: 'input' }) };
}
