import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { basicHeader, loginOf } from '../../adapters/http/basic-header.ts';
import { readAnswer } from '../../adapters/http/read-answer.ts';
import { readCapped } from '../../adapters/http/read-capped.ts';
import { readRequest } from '../../adapters/http/read-request.ts';
import { quoteWords } from '../../adapters/http/refusal.ts';

async function* parts(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield new Uint8Array(size).fill(size);
}

describe('a body with a cap', () => {
  it.each([
    [[], 0, true],
    [[4, 6], 10, true],
    [[4, 7], 10, false],
    [[11], 10, false],
    [[10, 0], 10, true],
    [[10, 1, 5], 10, false],
  ])('of parts of %j bytes: %i of them, all of it: %j', async (sizes, length, whole) => {
    const read = await readCapped(parts(...sizes), 10);
    expect({ length: read.bytes.length, whole: read.whole }).toEqual({ length, whole });
  });

  it('is left as soon as it is too large', async () => {
    let asked = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        asked++;
        yield new Uint8Array(3);
      }
    }
    expect(await readCapped(endless(), 7)).toMatchObject({ whole: false });
    expect(asked).toBe(3);
  });

  it('of an answer of fetch is whole or refused', async () => {
    expect((await readAnswer(new Response('12345'), 5)).toString()).toBe('12345');
    expect((await readAnswer(new Response(null, { status: 204 }), 5)).toString()).toBe('');
    await expect(readAnswer(new Response('123456'), 5)).rejects.toThrow('larger than 5 bytes');
  });
});

describe('the body of a delivery', () => {
  /** What a real server reads of what a real client sends; `ends` is whether it sends all that it announced. */
  async function deliver(sent: string, ends: boolean, ms: number): Promise<string | null> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    try {
      const { port } = server.address() as AddressInfo;
      const read = new Promise<Buffer | null>((resolve) => {
        server.on('request', (req) => readRequest(req, 8, AbortSignal.timeout(ms)).then(resolve));
      });
      const out = request({
        port,
        host: '127.0.0.1',
        method: 'POST',
        headers: { 'content-length': ends ? sent.length : 100 },
      });
      out.on('error', () => {}).write(sent);
      if (ends) out.end();
      return (await read)?.toString() ?? null;
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it('is read when it is small enough', async () => expect(await deliver('12345678', true, 10_000)).toBe('12345678'));
  it('is not when it is too large', async () => expect(await deliver('123456789', true, 10_000)).toBeNull());
  it('is not when it does not end in time', async () => expect(await deliver('1234', false, 100)).toBeNull());
});

describe('what goes into headers and messages', () => {
  it('is the login of an address, decoded, in UTF-8', () => {
    expect(loginOf(new URL('http://corp.io/x'))).toEqual({});
    expect(loginOf(new URL('http://b%C3%B6b:p%3Aw@corp.io'))).toEqual({ authorization: basicHeader('böb', 'p:w') });
  });

  it('is a server’s own words on one line, cut, without secrets', () => {
    expect(quoteWords(null)).toBe('');
    expect(quoteWords('Reference\nnot found.')).toBe(': Reference not found');
    expect(quoteWords('x '.repeat(300))).toHaveLength(2 + 200);
    expect(quoteWords('the token glpat-AbCdEfGhIjKlMnOpQrSt is revoked')).not.toContain('AbCdEfGh');
  });
});
