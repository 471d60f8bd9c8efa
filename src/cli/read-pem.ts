import { readFileSync } from 'node:fs';
import { UsageError } from './exit-status.ts';

/** A PEM file that the configuration names; `of` says for what. */
export function readPem(path: string, of: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new UsageError(`${of}: ${path} cannot be read (${code})`, { cause: error });
  }
}
