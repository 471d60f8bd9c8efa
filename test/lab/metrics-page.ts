import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A `/metrics` page of the queue that the incident's container works on. */
export interface MetricsPage {
  readonly url: string;
  stop(): Promise<void>;
}

const JOBS_AT_FIRST = 1847;
/** Jobs done between two readings. */
const DONE = 120;

/**
 * Serves `pdf_queue_pending_jobs`: 1847 as long as `isWorking` says no, and from the first reading at which it says yes
 * 120 fewer with each reading, down to 0. By readings, not by time, so that a test decides.
 */
export async function startMetricsPage(isWorking: () => Promise<boolean>): Promise<MetricsPage> {
  let jobs = JOBS_AT_FIRST;
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') return response.writeHead(404).end();
    if (await isWorking().catch(() => false)) jobs = Math.max(0, jobs - DONE);
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    return response.end(
      '# HELP pdf_queue_pending_jobs Jobs waiting to be rendered.\n# TYPE pdf_queue_pending_jobs gauge\n' +
        `pdf_queue_pending_jobs ${jobs}\n`,
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
