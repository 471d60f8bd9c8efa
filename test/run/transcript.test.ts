import { describe, expect, it } from 'vitest';
import type { RunFact } from '../../src/run/events.ts';
import { transcriptOf } from '../../src/run/transcript.ts';
import { transcriptHtml } from '../../src/run/transcript-html.ts';
import { transcriptMarkdown } from '../../src/run/transcript-markdown.ts';
import { approvals, approver, digestOfV2, digestOfV3, eventsOf, opened, plan, reached, step } from './sample-run.ts';

const HOSTILE = '</pre><script>alert(1)</script> ![x](https://evil.example/x.png) <!channel> ``` | [a](b)';

const whole: RunFact[] = [
  opened,
  { type: 'step-finished', step: step('host', HOSTILE) },
  reached,
  { type: 'action-proposed', plan, approvals },
  { type: 'press-refused', plan: 'p1', by: { id: 'slack:U9', name: HOSTILE }, why: 'You are not among the approvers' },
  { type: 'action-approved', plan: 'p1', by: approver, given: 1, required: 1 },
  { type: 'action-started', plan: 'p1' },
  { type: 'action-finished', plan: 'p1', outcome: 'succeeded', detail: 'It runs.', impact: [], sinceOpenedMs: 7000 },
];

function transcript() {
  const built = transcriptOf(eventsOf(...whole));
  if (!built) throw new Error('there are events');
  return built;
}

describe('transcriptOf', () => {
  it('tells who asked, who was refused, who approved, and which digests', () => {
    const text = JSON.stringify(transcript());
    for (const part of ['slack:U1', 'slack:U2', 'slack:U9', digestOfV2, digestOfV3, 'succeeded: It runs.'])
      expect(text).toContain(part);
  });

  it('counts the time from the command', () => {
    expect(transcript().timeline.at(-1)).toMatchObject({ at: '2026-11-21T09:00:07.000Z', sinceMs: 7000 });
  });
});

describe('its formats', () => {
  it('leave no markup of outside text alive in HTML', () => {
    const html = transcriptHtml(transcript());
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/<(img|a)\b/);
    expect(html.match(/<pre>/g)?.length).toBe(html.match(/<\/pre>/g)?.length);
  });

  it('leave no link, image, table break or fence of outside text alive in Markdown', () => {
    const lines = transcriptMarkdown(transcript()).split('\n');
    const fence = lines.findIndex((line) => /^`{4,}text$/.test(line));
    expect(fence, 'a fence longer than the one inside').toBeGreaterThan(0);
    const outside = lines.filter((_, index) => index < fence || index > fence + 3).join('\n');
    expect(outside).not.toMatch(/(?<!\\)\]\(/);
    expect(outside).not.toContain('https:');
    expect(outside).not.toContain('<script');
    const refusal = lines.find((line) => line.includes('not among the approvers'));
    expect(refusal?.match(/(?<!\\)\|/g)).toHaveLength(4);
  });
});
