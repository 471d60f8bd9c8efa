import { describe, expect, it } from 'vitest';
import { foldText } from '../../src/view/fold-text.ts';

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}`).join('\n');

describe('foldText', () => {
  it.each([1, 14, 15])('leaves %i lines as they are', (count) =>
    expect(foldText(lines(count), 'all')).toBe(lines(count)),
  );

  it('keeps the command and the end of the log, and says how much is missing and where it stands', () => {
    const folded = foldText(`$ docker logs x\n${lines(60)}`, '/execfmt transcript r-1').split('\n');
    expect(folded).toHaveLength(15);
    expect(folded[0]).toBe('$ docker logs x');
    expect(folded[5]).toBe('… 47 more lines; all of them: /execfmt transcript r-1 …');
    expect(folded.at(-1)).toBe('line 60');
  });

  it('says nothing of where it stands when it stands nowhere', () =>
    expect(foldText(lines(30), null)).toContain('… 16 more lines …'));

  it('shortens a line that fills a screen alone, but no digest', () => {
    expect(foldText('x'.repeat(700), null)).toBe(`${'x'.repeat(600)}… (100 more characters)`);
    const digest = `docker pull registry.corp.io/${'a'.repeat(255)}@sha256:${'b'.repeat(64)}`;
    expect(foldText(digest, null)).toBe(digest);
  });
});
