import { describe, expect, it } from 'vitest';
import type { LogLevel } from '../../adapters/log/pino.ts';
import { createLog } from '../../adapters/log/pino.ts';
import { createRedact } from '../../src/view/create-redact.ts';
import { redact } from '../../src/view/redact.ts';

function bench(level: LogLevel = 'info', clean = redact) {
  const lines: string[] = [];
  const log = createLog({ level, redact: clean, destination: { write: (text) => lines.push(text) } });
  return { log, lines, objects: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('the log', () => {
  it('writes one JSON object a line, with its level, time, fields and message', () => {
    const { log, lines, objects } = bench();
    log.warn({ host: 'render-01', attempt: 2 }, 'the engine did not answer\nin time');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.match(/\n/g)).toHaveLength(1);
    expect(objects()[0]).toMatchObject({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      host: 'render-01',
      attempt: 2,
      msg: 'the engine did not answer\nin time',
    });
  });

  it.each<[LogLevel, string[]]>([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['error', ['error']],
    ['silent', []],
  ])('at level %s writes %j', (level, expected) => {
    const { log, objects } = bench(level);
    for (const each of ['debug', 'info', 'warn', 'error'] as const) log[each]({}, 'x');
    expect(objects().map((line) => line.level)).toEqual(expected);
  });

  it('removes a secret from the message, from a deep field and from an error', () => {
    const { log, lines, objects } = bench();
    const secret = 'hunter2hunter2';
    log.error(
      { deep: { list: [{ password: secret }] }, err: new Error(`postgres://u:${secret}@db/x`) },
      `login with token=${secret} failed`,
    );
    expect(lines.join('')).not.toContain(secret);
    expect(objects()[0]).toMatchObject({ deep: { list: [{ password: '[removed: password]' }] }, level: 'error' });
  });

  it('finds what hides behind the escapes of JSON, and writes nothing that a terminal obeys', () => {
    const own = createRedact([{ name: 'ours', pattern: 'key "[a-z]+"' }]);
    const { log, lines, objects } = bench('info', own);
    log.info({ name: 'a\u009b31mb\u202ec' }, 'a key "abc" is here');
    expect(objects()[0]).toMatchObject({ name: 'a\u009b31mb\u202ec', msg: 'a [removed: ours] is here' });
    expect(lines.join('')).not.toMatch(/[\u0080-\u009f\u202e]/);
  });

  it('stays JSON when a removal breaks the line, and when the line is too long', () => {
    const broken = bench('info', (text) => text.replaceAll('"', ''));
    broken.log.info({ a: 1 }, 'message');
    expect(broken.objects()[0]?.line).toContain('a:1');
    const long = bench();
    long.log.info({}, 'x'.repeat(100_000));
    expect(long.objects()).toHaveLength(1);
    expect(long.lines[0]?.length).toBeLessThan(20_000);
  });
});
