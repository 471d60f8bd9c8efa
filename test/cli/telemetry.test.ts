import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/exit-status.ts';
import { parseHeaders } from '../../src/cli/telemetry.ts';

describe('headers for the collector', () => {
  it.each([
    ['', {}],
    ['Authorization=Bearer%20abc', { authorization: 'Bearer abc' }],
    ['x-one=1, x-two=a=b ,', { 'x-one': '1', 'x-two': 'a=b' }],
  ])('%j', (text, headers) => expect(parseHeaders(text)).toEqual(headers));

  it.each(['secret', '=secret', 'x y=secret', 'x=%0d%0asecret', 'x=%E4secret', 'a=1,secret'])(
    'refuses %j without repeating it',
    (text) => {
      expect(() => parseHeaders(text)).toThrow(UsageError);
      expect(() => parseHeaders(text)).not.toThrow(/secret/);
    },
  );
});
