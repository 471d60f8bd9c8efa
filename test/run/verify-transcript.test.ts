import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemIds } from '../../adapters/system/ids.ts';
import { chainEvents, chainHead } from '../../src/run/chain.ts';
import { TRANSCRIPT_FORMATS, type TranscriptFormat } from '../../src/run/transcript/format.ts';
import { renderTranscript } from '../../src/run/transcript/render-transcript.ts';
import { verifyTranscript } from '../../src/run/transcript/verify-transcript.ts';
import { arbitraryRun, arbitraryThread } from './arbitrary-run.ts';
import { linesOutsideFences, liveMarkdown, strayTags } from './live-markup.ts';
import { recovered } from './recovered-run.ts';
import { approver, eventsOf } from './sample-run.ts';

const { sha256 } = systemIds;
const events = eventsOf(...recovered);
const thread = {
  kind: 'read',
  messages: [{ by: approver, at: '2026-11-21T09:00:05.000Z', text: 'v2 was fine' }],
} as const;
const fileOf = (format: TranscriptFormat) => renderTranscript({ events, thread, version: '0.1.0' }, format, sha256);
const verify = (file: string) => verifyTranscript(file, '0.1.0', sha256);
const differencesOf = (file: string) => {
  const found = verify(file);
  return found.kind === 'differs' ? found.differences.join('\n') : found.kind;
};

describe('the chain', () => {
  it('binds every event to the ones before and to its run', () => {
    const chain = chainEvents(events, sha256);
    const other = chainEvents(
      events.map((event) => ({ ...event, run: 'r-other' })),
      sha256,
    );
    expect(new Set([...chain, ...other].map(({ hash }) => hash)).size).toBe(2 * events.length);
    expect(chainHead(events, sha256)).toBe(chain.at(-1)?.hash);
    expect(chainHead(events.slice(1), sha256)).not.toBe(chain.at(-1)?.hash);
    expect(chainHead([], sha256)).toBeNull();
  });

  it('does not depend on the order of keys', () => {
    const turned = events.map((event) => Object.fromEntries(Object.entries(event).reverse()) as typeof event);
    expect(chainHead(turned, sha256)).toBe(chainHead(events, sha256));
  });
});

describe.each(TRANSCRIPT_FORMATS)('a transcript in %s', (format) => {
  it('is whole as it was written', () => {
    expect(verify(fileOf(format))).toEqual({
      kind: 'whole',
      run: 'r-test',
      head: chainHead(events, sha256),
      events: events.length,
    });
  });

  it('shows the head of the chain in its first lines', () => {
    expect(fileOf(format).slice(0, format === 'html' ? 6_000 : 600)).toContain(chainHead(events, sha256));
  });

  it('names the event that was changed in the data', () => {
    const forged = fileOf(format).replace('"given":1,', '"given":2,');
    expect(differencesOf(forged)).toContain('Event 6 (action-approved)');
  });

  it('finds an event that was taken out', () => {
    const lines = fileOf(format).split('\n');
    const without = lines.filter((line) => !line.startsWith('{"run":"r-test","seq":5'));
    expect(without).toHaveLength(lines.length - 1);
    expect(differencesOf(without.join('\n'))).toContain('Event 5 (action-approved)');
  });

  it('finds a readable part that tells something else', () => {
    const file = fileOf(format);
    const at = format === 'json' ? file.indexOf('"title"') : 0;
    const forged = file.slice(0, at) + file.slice(at).replace('Mallory', 'Malcolm');
    expect(forged).not.toBe(file);
    expect(differencesOf(forged)).toMatch(/Line \d+ differs\. The file has: .*Malcolm/);
  });

  it('finds a message of the thread that was changed in the data', () => {
    const file = fileOf(format);
    const at = file.lastIndexOf('"thread"');
    expect(differencesOf(file.slice(0, at) + file.slice(at).replace('v2 was fine', 'v2 was bad.'))).toMatch(/Line \d+/);
  });

  it('finds any change of a single character', { timeout: 120_000 }, () => {
    const file = fileOf(format);
    fc.assert(
      fc.property(
        fc.nat(file.length - 1),
        fc.constantFrom('replace', 'remove', 'insert'),
        fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
        (at, how, character) => {
          const rest = file.slice(how === 'insert' ? at : at + 1);
          const forged = file.slice(0, at) + (how === 'remove' ? '' : character) + rest;
          fc.pre(forged !== file);
          expect(verify(forged).kind).toBe('differs');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is whole and inert whatever the texts of a run are', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(arbitraryRun, arbitraryThread, (run, said) => {
        const file = renderTranscript({ events: run, thread: said, version: '0.1.0' }, format, sha256);
        // As it comes back from a disk.
        const read = Buffer.from(file, 'utf8').toString('utf8');
        expect(verify(read).kind).toBe('whole');
        if (format === 'html') expect(strayTags(file)).toBe('');
        if (format === 'md') expect(liveMarkdown(linesOutsideFences(file))).toEqual([]);
        expect(file).not.toMatch(/[\u202a-\u202e\u2066-\u2069\ufffd\ufeff]|(?!\n|\t)\p{Cc}/u);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the look for live markup', () => {
  it.each(['<img src=x>', '<p onclick="x">', 'a < b', '</script foo>'])('sees %j in HTML', (html) =>
    expect(strayTags(`<p>${html}</p>`)).not.toBe(''),
  );

  it.each([
    '[a](b)',
    '![a](b)',
    '<b>',
    '`code`',
    '*x*',
    '| a',
    '# x](y)',
    '    code',
    '1 | 2',
    'https://x.example',
    '@team',
  ])('sees %j in Markdown', (line) => expect(liveMarkdown([line])).toEqual([line]));

  it('sees a fence that is broken open', () => {
    expect(linesOutsideFences('```text\na\n```\n<b>\n```\nx\n```')).toEqual(['<b>']);
    expect(() => linesOutsideFences('```\na')).toThrow();
  });
});

describe('what is no transcript', () => {
  it.each(['', 'hello', '{}', '# A heading\n', '<!doctype html>\n<p>x</p>', '{"format":"other/1","events":[]}'])(
    '%j is none',
    (text) => expect(verify(text)).toEqual({ kind: 'no-transcript' }),
  );

  it.each(['README.md', 'docs/transcripts.md'])('%s, which tells of transcripts, is none', (page) =>
    expect(verify(readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8'))).toEqual({ kind: 'no-transcript' }),
  );

  it('a transcript that was cut is damaged', () => {
    for (const format of TRANSCRIPT_FORMATS)
      expect(differencesOf(fileOf(format).slice(0, -2_000))).toContain('The file is damaged');
  });

  it('a forged file of any shape differs, without an exception', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 3 }), (fact) => {
        const event = { run: 'r-test', seq: 1, key: 'k', at: 'never', fact: { type: 'opened', fact } };
        const unread = { kind: 'not-read', why: 'no' };
        const data = {
          format: 'execfmt-transcript/1',
          version: '1',
          run: 'r-test',
          head: 'x',
          seal: 'x',
          thread: unread,
        };
        const text = JSON.stringify({ ...data, events: [{ ...event, hash: 'x' }] }, (_, value) =>
          typeof value === 'bigint' ? String(value) : value,
        );
        expect(verify(text).kind).toBe('differs');
      }),
    );
  });
});

describe('a difference that is none of the contents', () => {
  it('says so when the line endings were changed', () => {
    expect(differencesOf(fileOf('md').replaceAll('\n', '\r\n'))).toContain('line endings');
  });

  it('says so when another version may have worded it', () => {
    const file = renderTranscript({ events, thread, version: '9.9.9' }, 'md', sha256);
    expect(verify(file).kind).toBe('whole');
    const worded = file.replace('## Timeline', '## The timeline');
    expect(differencesOf(worded)).toContain('written by execfmt 9.9.9');
  });
});
