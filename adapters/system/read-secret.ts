import { readFileSync } from 'node:fs';

/** Reads a secret from an environment variable or a file, without its trailing newline. The error names where, never what. */
export function readSecret(source: { readonly env: string } | { readonly file: string }): string {
  if ('env' in source) {
    const value = process.env[source.env];
    if (!value) throw new Error(`the environment variable ${source.env} is not set`);
    return value;
  }
  try {
    return readFileSync(source.file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Error(
      `the secret in ${source.file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      { cause: error },
    );
  }
}
