import { createRequire } from 'node:module';

/** The package's version; the file lies two folders up from the sources and three from what is built. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const require = createRequire(import.meta.url);
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const { name, version } = require(path) as { name?: string; version?: string };
      if (name === 'execfmt' && version) return version;
    } catch {
      // Not there: the other one is.
    }
  }
  return 'unknown';
}
