import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Application } from '../../../src/ports/application.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Person } from '../../../src/run/people.ts';
export function createWebPage(_options: {
  application: Application;
  log: Log;
  listen: string;
  practice: { service: string; host: string } | null;
  person: Person;
  publicUrl: string | null;
  version: string;
}): { handle(request: IncomingMessage, response: ServerResponse): void } {
  return { handle: (_q, response) => void response.end('draft') };
}
