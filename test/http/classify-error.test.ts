import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { classifyError, isClosedConnection } from '../../adapters/http/classify-error.ts';
import { createAgent } from '../../adapters/http/create-agent.ts';
import { readCapped } from '../../adapters/http/read-capped.ts';

const STRICT = { loopback: false, linkLocal: false };
const never = new AbortController().signal;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server of bytes on a free port: what it says to whoever connects, before it hangs up. */
async function serveBytes(bytes: string): Promise<number> {
  const server = createSocketServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(bytes));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** The error of a call to there, and what it is made of. */
async function troubleOf(origin: string, signal = never, set: Parameters<typeof createAgent>[1] = {}) {
  const agent = createAgent({ caPem: null, reach: null }, set);
  closing.push(() => agent.destroy());
  try {
    const reply = await agent.request({ origin, path: '/', method: 'GET', signal });
    await readCapped(reply.body, 1000);
  } catch (error) {
    return { ...classifyError(error, signal), closed: isClosedConnection(error) };
  }
  throw new Error('it was answered');
}

describe('an error of a real socket', () => {
  it('of a port where nobody listens is unreachable', async () => {
    const port = await serveBytes('');
    await closing.pop()?.();
    expect(await troubleOf(`http://127.0.0.1:${port}`)).toMatchObject({ trouble: 'unreachable', code: 'ECONNREFUSED' });
  });

  it('of a connection that is closed without a word is unreachable, and worth a second try', async () => {
    const port = await serveBytes('');
    expect(await troubleOf(`http://127.0.0.1:${port}`)).toMatchObject({ trouble: 'unreachable', closed: true });
  });

  it.each(['SSH-2.0-OpenSSH_9.2\r\n', 'HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n', '\u0000\u0001\u0002\r\n\r\n'])(
    'of an answer that is no HTTP is said to be: %j',
    async (bytes) => {
      const port = await serveBytes(bytes);
      expect(await troubleOf(`http://127.0.0.1:${port}`)).toMatchObject({ trouble: 'no-http', closed: false });
    },
  );

  it('of headers without end is too large', async () => {
    const port = await serveBytes(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(70_000)}\r\n\r\n`);
    const found = await troubleOf(`http://127.0.0.1:${port}`, never, { maxHeaderSize: 1024 });
    expect(found).toMatchObject({ trouble: 'headers-too-large' });
  });

  it('of a server that speaks no TLS is told from one that is down', async () => {
    const port = await serveBytes('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await troubleOf(`https://127.0.0.1:${port}`)).toMatchObject({ trouble: 'no-tls' });
  });

  it('of a call whose time is over is aborted, whatever the error', async () => {
    const server = createServer(() => {});
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const over = AbortSignal.timeout(50);
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await troubleOf(origin, over)).toMatchObject({ trouble: 'aborted' });
    expect(classifyError(new Error('anything'), over)).toMatchObject({ trouble: 'aborted' });
  });

  it('of a name that leads to this machine, from a stranger, is refused', async () => {
    const agent = createAgent({ caPem: null, reach: STRICT }, {});
    closing.push(() => agent.destroy());
    const error = await agent.request({ origin: 'http://localhost:1', path: '/', method: 'GET' }).catch((e) => e);
    expect(classifyError(error, never)).toMatchObject({ trouble: 'refused-address' });
  });
});

describe('an error by its code', () => {
  const withCode = (code: string) => Object.assign(new Error('x'), { code });
  it.each([
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['ETIMEDOUT', 'timeout'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted-certificate'],
    ['CERT_HAS_EXPIRED', 'invalid-certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'invalid-certificate'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no-tls'],
    ['EPROTO', 'no-tls'],
    ['ENOTFOUND', 'unknown-name'],
    ['EHOSTUNREACH', 'unreachable'],
  ])('%s is %s', (code, trouble) => {
    expect(classifyError(withCode(code), never)).toEqual({ trouble, code });
  });

  it('is found in its cause, and in the first of several', () => {
    const several = new AggregateError([withCode('ECONNREFUSED'), withCode('ETIMEDOUT')]);
    expect(classifyError(new TypeError('fetch failed', { cause: several }), never)?.code).toBe('ECONNREFUSED');
  });

  it('that has none is a defect', () => {
    expect(classifyError(new TypeError('x is not a function'), never)).toBeNull();
    expect(classifyError('text', never)).toBeNull();
  });
});
