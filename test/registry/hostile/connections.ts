import type { ServerResponse } from 'node:http';
import { answerTo, flood, type HostileCases, trickle } from './hostile-case.ts';

const raw = (text: string) => answerTo('/manifests/', (response) => void response.socket?.write(text));
const status = (code: number, headers: Record<string, string> = {}) =>
  answerTo('/manifests/', (response) => response.writeHead(code, headers).end());
const floodHeaders = (response: ServerResponse): void => {
  const { socket } = response;
  const line = `x-filler: ${'y'.repeat(8000)}\r\n`;
  socket?.write('HTTP/1.1 200 OK\r\n');
  const send = () => {
    while (socket && !socket.destroyed && socket.write(line));
    if (socket && !socket.destroyed) socket.once('drain', send);
  };
  send();
};

/** What goes wrong before there is a document to read. */
export const connections: HostileCases = {
  about: 'Connections and time',
  cases: [
    {
      does: 'takes the request and never answers',
      set: answerTo('/', () => {}),
      result: { code: 'timeout', says: 'did not come in the time' },
    },
    {
      does: 'sends its headers one byte at a time, for ever',
      set: answerTo('/', ({ socket }) => {
        socket?.write('HTTP/1.1 200 OK\r\nx-slow:');
        trickle(
          (bit) => socket?.write(bit) ?? false,
          () => socket?.destroyed ?? true,
        );
      }),
      result: { code: 'timeout', says: 'did not come in the time' },
    },
    {
      does: 'sends its body one byte at a time, for ever',
      set: answerTo('/manifests/', (response) => {
        response.write('{');
        trickle(
          (bit) => response.write(bit),
          () => response.destroyed,
        );
      }),
      result: { code: 'timeout', says: 'did not come in the time' },
    },
    {
      does: 'announces ten gigabytes, sends one byte and waits',
      set: answerTo('/manifests/', (response) => {
        response.writeHead(200, { 'content-length': '10000000000' });
        response.write('{');
      }),
      result: { code: 'timeout', says: 'did not come in the time' },
    },
    {
      does: 'says 103 again and again, and nothing else',
      set: answerTo('/manifests/', ({ socket }) => {
        trickle(
          () => socket?.write('HTTP/1.1 103 Early Hints\r\n\r\n') ?? false,
          () => socket?.destroyed ?? true,
        );
      }),
      result: { code: 'timeout', says: 'did not come in the time' },
    },
    {
      does: 'sends headers of a megabyte',
      set: raw(`HTTP/1.1 200 OK\r\nx-large: ${'y'.repeat(1024 * 1024)}\r\n\r\n`),
      result: { code: 'too-large', says: 'larger headers' },
    },
    {
      does: 'sends headers without end',
      set: answerTo('/', floodHeaders),
      result: { code: 'too-large', says: 'larger headers' },
    },
    {
      does: 'speaks another protocol',
      set: raw('SSH-2.0-OpenSSH_9.9\r\n'),
      result: { code: 'invalid', says: 'does not speak HTTP' },
    },
    {
      does: 'breaks the framing of its own body',
      set: raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
      result: { code: 'invalid', says: 'does not speak HTTP' },
    },
    {
      does: 'resets every connection',
      set: answerTo('/', ({ socket }) => socket?.resetAndDestroy()),
      result: { code: 'unreachable', says: 'ECONNRESET' },
    },
    {
      does: 'closes the connection in the middle of a body',
      set: answerTo('/manifests/', (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{', () => response.destroy());
      }),
      result: { code: 'unreachable', says: 'could not be reached' },
    },
    {
      does: 'is never well (503), and says to try again at once',
      set: status(503, { 'retry-after': '0' }),
      result: { code: 'unreachable', says: 'answered 503' },
      check: ({ registry }) => {
        const asked = registry.seen.filter(({ authorization }) => authorization !== null).length;
        if (asked > 4) throw new Error(`it was asked ${asked} times`);
      },
    },
    {
      does: 'wants us to wait for thirty years (429)',
      set: status(429, { 'retry-after': '999999999' }),
      result: { code: 'rate-limited', says: 'allows no more requests' },
    },
    {
      does: 'answers a refusal with a page without end',
      set: answerTo('/manifests/', (response) => {
        response.statusCode = 404;
        flood(response, '<p>no</p>');
      }),
      result: { code: 'not-found', says: 'it is not there (404)' },
    },
    {
      does: 'answers by a status that no registry has',
      set: status(418),
      result: { code: 'invalid', says: 'which a registry does not' },
    },
    {
      does: 'sends a part where everything was asked for',
      set: status(206),
      result: { code: 'invalid', says: 'which a registry does not' },
    },
  ],
};
