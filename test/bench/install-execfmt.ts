import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The package as a user has it: built JavaScript behind the launcher, without the TypeScript sources. */
export interface InstalledExecfmt {
  readonly launcher: string;
  readonly configuration: string;
  /** `$XDG_CACHE_HOME` of all runs; compiled code is kept there, as in a user's home. */
  readonly cacheHome: string;
}

const ROOT = join(import.meta.dirname, '..', '..');

/** Copies what `npm pack` would take into a folder, with a configuration that reaches one registry without TLS. */
export function installExecfmt(folder: string, registry: string): InstalledExecfmt {
  for (const part of ['dist', 'package.json', join('src', 'cli', 'execfmt.js')]) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const configuration = join(folder, 'execfmt.yaml');
  writeFileSync(configuration, `registries:\n  "${registry}": { plainHttp: true }\n`);
  const cacheHome = join(folder, 'cache');
  mkdirSync(cacheHome);
  return { launcher: join(folder, 'src', 'cli', 'execfmt.js'), configuration, cacheHome };
}
