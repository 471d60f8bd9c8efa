import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Lock } from './judge-licences.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** package.json, as far as it is looked at. */
export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

const json = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

export const readManifest = () => json('package.json') as Manifest;
export const readLock = () => json('package-lock.json') as Lock;

/** The manifest of an installed package; null for one that is for another platform. */
export function readInstalled(path: string): unknown {
  try {
    return json(join(path, 'package.json'));
  } catch {
    return null;
  }
}
