import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { abandonedFolders, createLabFolder, RUN_FOLDER, removeLabFolder } from '../lab/lab-folder.ts';
import { type PrivateEngine, startPrivateEngine } from '../lab/private-engine.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Unix socket on which a test file asks for what the whole run shares. */
    labControl: string;
  }
}

/**
 * Vitest's global set-up: offers the run's engine to the test files, starts it when the first one asks, and takes it
 * down at the end or when the run is told to end (Ctrl-C, SIGTERM).
 */
export function setup(project: TestProject): () => void {
  process.env.PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
  for (const abandoned of ['run', 'registry', 'incident', 'layout', 'cluster'].flatMap(abandonedFolders))
    removeLabFolder(abandoned);
  const folder = createLabFolder('run');
  process.env[RUN_FOLDER] = folder;
  // The same sources are started hundreds of times. Not for coverage: what comes out of a cache is counted less exactly.
  if (!project.config.coverage.enabled) process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
  let engine: Promise<PrivateEngine> | null = null;
  let started: PrivateEngine | null = null;
  const begin = async () => {
    started = await startPrivateEngine();
    return started;
  };
  const giveEngine = (response: ServerResponse) => {
    engine ??= begin();
    engine.then(
      ({ socket }) => response.end(socket),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  };
  const server = createServer((_, response) => giveEngine(response)).listen(join(folder, 'control.sock'));
  server.unref();

  const end = () => {
    server.close();
    started?.stop();
    started = null;
    removeLabFolder(folder);
  };
  process.once('exit', end);
  const endBySignal = onSignals(end);
  project.provide('labControl', join(folder, 'control.sock'));
  return () => {
    endBySignal.forget();
    process.off('exit', end);
    end();
  };
}

/** On a signal that ends the process: cleans up, then lets the signal do what it would have done. */
function onSignals(end: () => void): { forget(): void } {
  const signals = ['SIGTERM', 'SIGHUP'] as const;
  const onSignal = (signal: NodeJS.Signals) => {
    forget();
    end();
    process.kill(process.pid, signal);
  };
  const forget = () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return { forget };
}
