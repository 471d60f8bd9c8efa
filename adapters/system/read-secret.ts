import type { SecretSource } from '../../src/config/config.ts';
import type { Answer } from '../../src/playbook/answer.ts';
import { failed, known } from '../../src/playbook/answer.ts';
import { readCappedFile } from './read-capped-file.ts';

const LARGEST_BYTES = 65_536;

/**
 * Reads a secret from where the configuration says it is, without the line end behind it. An answer without a value names the
 * variable or file and never holds any part of what was read.
 */
export async function readSecret(
  source: SecretSource,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Answer<string>> {
  if (source.kind === 'env') {
    const value = trimmed(environment[source.name] ?? '');
    const missing = `The environment variable ${source.name}, which the configuration names, is not set or empty.`;
    return value === '' ? failed('not-found', source.name, missing) : known(value);
  }
  const text = await readCappedFile(source.path, LARGEST_BYTES, 'the secret');
  if (text.kind !== 'known') return text;
  const value = trimmed(text.value);
  return value === ''
    ? failed('not-found', source.path, 'The file that should hold the secret is empty.')
    : known(value);
}

function trimmed(text: string): string {
  return text.replace(/(?:\r?\n)+$/, '');
}
