import fc from 'fast-check';

/** What is alive somewhere: in Slack, in Teams, in HTML, in Markdown, in a terminal, in a reader's eye. */
export const LIVE = [
  '<!channel>',
  '<!here|x>',
  '<@U0ANNA>',
  '<#C0X>',
  '<!subteam^S0X>',
  '<http://evil.example|ok>',
  '&lt;!here&gt;',
  '@channel',
  ':smile: *b* _i_ ~s~ `c`',
  '<at>Anna</at>',
  '<AT id="1">x</at >',
  '{{DATE(2026-01-01T00:00:00Z, SHORT)}}',
  '[click](http://evil.example)',
  '![](http://evil.example/x.png)',
  '# heading\n- list\n> quote\n| a | b |\n```\n~~~',
  '<script>alert(1)</script>',
  '"\'><img src=x onerror=alert(1)>',
  '</textarea></title></pre>',
  '<!--',
  'javascript:alert(1) https://evil.example www.evil.example',
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\',
  '\u001b[2J\u001b[H\u001bc',
  '\u009b31m\u0090q\u009c',
  '\rover\b\b\b\u0000\u007f',
  '\u202eabc\u202c',
  '\u2066x\u2069\u200f\u061c',
  'a\u200bb\u2060c\ufeffd\u00ad',
  '\u2028\u2029\u0085',
  '\ud800',
  'x\udc00y',
  '\u{e0041}\u{e007f}',
  'e\u0301'.repeat(50),
  '</pre><script>alert(1)</script>',
  '</script><!--',
  '[a](javascript:alert(1))',
  '```\n\n# not a heading\n```json\n{}\n```\n',
  '| a | b |\n| --- | --- |',
  '<!channel> <img src=x onerror=alert(1)>',
  '"onmouseover="alert(1)',
  '\u202e\u0007\u001b[2J\ud800\ufffd\ufeff\r\n',
  '<details></details>&lt;b&gt;&amp;',
  '- [ ] item\n1. one\n+ two\n~~~\n    code',
];
/** What markup is made of, a character each. */
const CHARACTERS = [...'\\`*_{}[]<>#|~!&@$^-+.\n\t ".'];

/** Any text that somebody else wrote: short, long, broken, hostile. */
export const untrusted: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 4, arbitrary: fc.constantFrom(...LIVE, '', ' ', '\n') },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...LIVE, ...CHARACTERS, ' a '), { maxLength: 12 }).map((all) => all.join('')),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('a', '<', '&', '"', '\n', '😀', '\udc00', '\u001b[', '{{', 'line of a log\n', ...LIVE),
        fc.nat(6_000),
      )
      .map(([unit, length]) => unit.repeat(Math.ceil(length / unit.length))),
  },
);
