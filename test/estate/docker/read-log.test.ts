import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineAssembler } from '../../../adapters/estate/docker/read-log.ts';
import { redactEnvironment } from '../../../src/playbook/redact-environment.ts';

function frame(stream: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

function linesOf(tty: boolean, chunks: readonly Buffer[]): string[] {
  const assembler = createLineAssembler(tty);
  for (const chunk of chunks) assembler.add(chunk);
  return assembler.end();
}

describe('lines out of the log stream', () => {
  it('are the same however the stream is cut', () => {
    const stream = Buffer.concat([
      frame(1, 'one\ntwo\r\n'),
      frame(2, 'grün '),
      frame(1, 'x\n'),
      frame(2, 'und so\nend'),
    ]);
    const whole = ['one', 'two', 'x', 'grün und so', 'end'];
    fc.assert(
      fc.property(fc.array(fc.nat({ max: stream.length }), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts, stream.length].sort((a, b) => a - b);
        expect(
          linesOf(
            false,
            at.slice(1).map((end, i) => stream.subarray(at[i], end)),
          ),
        ).toEqual(whole);
      }),
    );
  });

  it('are raw with a terminal', () => {
    expect(linesOf(true, [Buffer.from('a\r\nb'), Buffer.from('c\n')])).toEqual(['a', 'bc']);
  });

  it('are none when nothing was written', () => {
    expect(linesOf(false, [])).toEqual([]);
  });
});

describe('the environment in a log', () => {
  const redact = redactEnvironment(
    [
      'PATH=/usr/bin:/bin',
      'KEY=s3cr3t-value',
      'LEVEL=info',
      'N=1',
      'EMPTY=',
      'APP=/app/render',
      'PEM=first\nsecond-line',
      'LONG=s3cr3t-value-and-more',
      'RE=a.b*c(d',
    ],
    ['/app/render'],
  );

  it.each([
    ['token s3cr3t-value!', 'token [value of KEY]!'],
    ['xs3cr3t-valuex', 'x[value of KEY]x'],
    ['s3cr3t-value-and-more', '[value of LONG]'],
    ['info: information', '[value of LEVEL]: information'],
    ['1 job', '1 job'],
    ['exec /app/render: exec format error', 'exec /app/render: exec format error'],
    ['second-line', '[value of PEM]'],
    ['a.b*c(d aXbc(d', '[value of RE] aXbc(d'],
    ['PATH is /usr/bin:/bin', 'PATH is /usr/bin:/bin'],
  ])('%s', (line, shown) => expect(redact(line)).toBe(shown));

  it('is no matter when there is none', () => {
    expect(redactEnvironment(null, [])('line')).toBe('line');
  });
});
