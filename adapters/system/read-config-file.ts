import { dirname, resolve } from 'node:path';
import type { Answer } from '../../src/playbook/answer.ts';
import { known } from '../../src/playbook/answer.ts';
import { readCappedFile } from './read-capped-file.ts';

const LARGEST_BYTES = 4_000_000;

/** A configuration file as it was found: its absolute path, the folder that its relative paths start from, its text. */
export interface ConfigFile {
  readonly file: string;
  readonly dir: string;
  readonly text: string;
}

/** Reads the configuration file; what is in it is not looked at. */
export async function readConfigFile(path: string): Promise<Answer<ConfigFile>> {
  const file = resolve(path);
  const text = await readCappedFile(file, LARGEST_BYTES, 'the configuration');
  return text.kind === 'known' ? known({ file, dir: dirname(file), text: text.value }) : text;
}
