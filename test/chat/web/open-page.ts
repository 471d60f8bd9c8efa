import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWebPage } from '../../../adapters/chat/web/index.ts';
import type { WebPageOptions } from '../../../adapters/chat/web/page-context.ts';
import { systemClock } from '../../../adapters/system/clock.ts';
import type { Application } from '../../../src/ports/application.ts';

export interface OpenPage {
  readonly port: number;
  readonly base: string;
  /** What the page has logged. */
  readonly logged: string[];
  /** And with which fields, as JSON. */
  readonly fields: string[];
  close(): Promise<void>;
}

/** Serves the page of an application on a free port of this machine. */
export async function openPage(application: Application, changes: Partial<WebPageOptions> = {}): Promise<OpenPage> {
  const logged: string[] = [];
  const fields: string[] = [];
  const write = (given: unknown, message: string) => {
    logged.push(message);
    fields.push(JSON.stringify(given));
  };
  const page = createWebPage({
    application,
    log: { debug: write, info: write, warn: write, error: write },
    listen: '127.0.0.1:0',
    practice: { service: 'pdf-renderer', host: 'render-01' },
    clock: systemClock,
    person: { id: 'web:ada', name: 'Ada' },
    people: [],
    publicUrl: null,
    version: '0.1.0',
    ...changes,
  });
  const server = createServer((request, response) => page.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    base: `http://127.0.0.1:${port}`,
    logged,
    fields,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
