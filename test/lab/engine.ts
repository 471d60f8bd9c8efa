import { request } from 'node:http';
import { inject } from 'vitest';

/** The Docker engine of this test run. */
export interface LabEngine {
  /** Path of its unix socket. */
  readonly socket: string;
  /** As in the configuration's `docker:` and in DOCKER_HOST. */
  readonly host: `unix://${string}`;
  /** Says that this file is done with it. The engine itself ends with the run; containers are removed by the file that made them. */
  stop(): Promise<void>;
}

/**
 * The one engine that all test files of a run share; the first who asks has it started (by `test/setup/lab-setup.ts`,
 * in vitest's main process). Rejects with the daemon's last log lines when it does not start. Needs root and dockerd.
 */
export async function startEngine(): Promise<LabEngine> {
  const socket = await askForEngine(inject('labControl'));
  return { socket, host: `unix://${socket}`, stop: () => Promise.resolve() };
}

function askForEngine(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'POST', path: '/engine', timeout: 90_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(text));
      });
    });
    asked.on('timeout', () => asked.destroy(new Error('The lab did not give an engine within 90 s.')));
    asked.on('error', reject);
    asked.end();
  });
}
