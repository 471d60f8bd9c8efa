import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Docker from 'dockerode';
import { connect } from '../../../adapters/estate/docker/connect.ts';

/** Answers that a real engine gives only on a bad day. */
export interface FakeEngine {
  readonly client: Docker;
  readonly requests: readonly IncomingMessage[];
  close(): void;
}

/** What is sent for `METHOD /path`, without the query: JSON, bytes, or whatever a function does. */
export type Answers = Readonly<
  Record<string, object | Buffer | ((request: IncomingMessage, response: ServerResponse) => void)>
>;

/** Serves fixed answers on 127.0.0.1; what has none is 404. */
export async function fakeEngine(answers: Answers): Promise<FakeEngine> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    const answer = answers[`${request.method} ${request.url?.split('?')[0]}`];
    if (answer === undefined) response.writeHead(404).end('{"message":"No such thing"}');
    else if (typeof answer === 'function') answer(request, response);
    else response.end(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    client: connect({ docker: `tcp://127.0.0.1:${port}` }),
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
