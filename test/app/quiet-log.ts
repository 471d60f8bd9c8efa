import type { Log } from '../../src/ports/log.ts';

/** A log that nobody reads. */
export const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
