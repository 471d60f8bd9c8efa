import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/view/redact.ts';
import { INNOCENTS } from './redaction/innocents.ts';
import { jwt, letters, upper } from './redaction/made-up.ts';
import { SECRETS } from './redaction/secrets.ts';

describe('redact', () => {
  it.each(SECRETS)('removes: %s', (_, text, secret, stays) => {
    const clean = redact(text);
    expect(clean).not.toContain(secret);
    expect(clean).toContain(stays);
    expect(clean).toContain('[removed: ');
  });

  it.each(INNOCENTS)('leaves alone: %s', (_, text) => expect(redact(text)).toBe(text));

  it.each(SECRETS)('has nothing to do a second time: %s', (_, text) => expect(redact(redact(text))).toBe(redact(text)));

  it('keeps JSON what it is', () => {
    for (const [, text] of SECRETS) {
      const line = JSON.stringify({ msg: text, n: 1 });
      expect(() => JSON.parse(redact(line)), redact(line)).not.toThrow();
      expect(JSON.parse(redact(line)), text).toMatchObject({ n: 1 });
    }
  });

  it('removes a secret also when its line is serialised as JSON', () => {
    for (const [name, text, secret] of SECRETS) {
      if (secret.includes('\n')) continue;
      expect(redact(JSON.stringify({ msg: text })), name).not.toContain(secret);
    }
  });

  it('finds a secret in any surroundings', () => {
    const around = fc.string({
      unit: fc.constantFrom('a ', 'B\n', '0', '"', ' ', ':', '=', '/', '{', '\\', '-', 'é '),
    });
    const known = [`glpat-${letters(20)}`, `AKIA${upper(16)}`, jwt];
    fc.assert(
      fc.property(around, around, fc.constantFrom(...known), (before, after, secret) => {
        expect(redact(`${before} ${secret} ${after}`)).not.toContain(secret);
      }),
    );
  });
});

describe('the time that redacting takes', () => {
  /** Beginnings of everything that is looked for, repeated, so that each is tried again and again and never ends. */
  const HOSTILE = [
    'a',
    ' ',
    '\\',
    '"',
    '-',
    'A1',
    '://',
    'a://b:',
    'x://:',
    'eyJ',
    'eyJ-',
    'eyJaaaaaaaa.',
    'sk-',
    'sk-a',
    'SG.aaaaaaaaaaaaaaaaaaaa.',
    'xoxb-',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\n',
    '-----END PRIVATE KEY-----',
    'AAAA\n',
    'password',
    'password=',
    'password="',
    "password='",
    'password="\\',
    'token: ',
    'token=;',
    'token=a&',
    '_pass',
    'authorization: ',
    'authorization: basic ',
    'bearer ',
    'basic ',
    'bearer a',
    'cookie: a',
    'cookie:',
    'curl ',
    'curl -u a',
    'login ',
    'login a password ',
    'login -p',
    '--password ',
    '--a-',
    'identified by ',
    'a:b@',
    '1234567890:',
    'abc1Q~',
    'hooks.slack.com/services/',
    'gh',
    'https://a.b/c?sig=',
    'api key',
    'ATATT3',
    '0123456789abcdef',
    'abcdefghijklmnop',
    'ABCDEFGHIJKLMNOP_',
    's.a1B',
    '/jwt.eyJ',
    'LS0tLS1CRUdJTiBQUklWQVRFIEtFW',
    '-----BEGIN PRIVATE KEY-----\napp | ',
    'app | AAAA\n',
    'Private-Lines: 1\n',
    '"kty" "d":"',
    'name: password ',
    'name: password\n\n',
    '<password>',
    'the token is ',
    'a:5432:b:',
    'login a\n',
    'echo a | ',
    'echo a',
    'redis-cli ',
    'redis-cli -a ',
    'curl -u a:',
    '--creds a:',
    'ENV A_TOKEN ',
    'TOKEN_A_',
    'A_A_A_A_TOKEN_',
    '$6$a$',
    '\u001b[',
    '\\u001b[0',
    'azurewebsites.net/a',
    'jdbc:oracle:thin:a/',
    '://0123456789abcdef0123456789abcdef:',
    'unseal key 1',
    'sessionid=',
  ];

  /** Beginnings that are followed by very much of one thing, and then by something else. */
  const LONG: [string, string][] = [
    ['password=', ')'],
    ['password="', '\\"'],
    ['password=\\"', '\\\\'],
    ['token=', '&'],
    ['authorization: bearer ', 'a'],
    ['cookie: a=', '='],
    ['-----BEGIN PRIVATE KEY-----\n', 'A\n'],
    ['', 'A\n'],
  ];

  it.each([...HOSTILE.map((part): [string, string] => ['', part]), ...LONG])(
    'grows with the text and not with its square: %j %j',
    (head, part) => {
      const measure = (length: number) => {
        const text = `${head}${part.repeat(Math.ceil(length / part.length))}?`;
        const start = process.cpuUsage();
        redact(text);
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1_000;
      };
      measure(10_000);
      const short = measure(50_000);
      const long = measure(1_000_000);
      // Twenty times the text: a square would be 400 times the time. Small times are noise.
      expect(long).toBeLessThan(Math.max(short, 20) * 80);
    },
  );
});
