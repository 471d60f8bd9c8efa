import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { frameOf } from '../../adapters/practice/engine/container-log.ts';

/** Stands before an engine (`tcp://host:port`) and passes everything on, but each container's log is the given lines. */
export async function startTalkativeEngine(engine: string, lines: readonly string[]) {
  const { hostname, port } = new URL(engine.replace('tcp:', 'http:'));
  const server = createServer((asked, response) => {
    if (/\/containers\/[^/]+\/logs/.test(asked.url ?? '')) {
      const tail = Number(new URL(asked.url ?? '', 'http://localhost').searchParams.get('tail') ?? lines.length);
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      for (const text of lines.slice(-tail)) response.write(frameOf({ stream: 'stderr', at: Date.now(), text }, false));
      response.end();
      return;
    }
    const { method, url, headers } = asked;
    const passed = request({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
