import type { QueueReading } from './job-queue.ts';
import { type LoopbackServer, listenOnLoopback } from './listen-on-loopback.ts';

function metric(name: string, type: 'gauge' | 'counter', help: string, value: number): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`;
}

function pageOf({ pendingJobs, oldestJobSeconds, renderedPages }: QueueReading): string {
  return [
    metric('pdf_queue_pending_jobs', 'gauge', 'Jobs waiting to be rendered.', pendingJobs),
    metric('pdf_queue_oldest_job_seconds', 'gauge', 'Age of the oldest waiting job.', oldestJobSeconds),
    renderedPages === null
      ? ''
      : metric('pdf_rendered_pages_total', 'counter', 'Pages rendered since the renderer started.', renderedPages),
  ].join('');
}

/** Serves `/metrics` on 127.0.0.1 in Prometheus' text format; the renderer's own series is absent while it is down. */
export function serveMetrics(read: () => QueueReading, port?: number): Promise<LoopbackServer> {
  return listenOnLoopback((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('not found\n');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(request.method === 'HEAD' ? undefined : pageOf(read()));
  }, port);
}
