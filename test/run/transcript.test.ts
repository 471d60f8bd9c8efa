import { describe, expect, it } from 'vitest';
import { systemIds } from '../../adapters/system/ids.ts';
import { FAULTS } from '../../src/kernel/outcome.ts';
import { ORIGINS, type Verdict } from '../../src/playbook/verdict.ts';
import { chainHead } from '../../src/run/chain.ts';
import type { RunFact } from '../../src/run/events.ts';
import { foldRun } from '../../src/run/run-state.ts';
import type { ThreadMessages } from '../../src/run/thread-message.ts';
import { buildDocument } from '../../src/run/transcript/build-document.ts';
import type { Block, TranscriptDocument } from '../../src/run/transcript/document.ts';
import { recovered } from './recovered-run.ts';
import { approver, digestOfV2, digestOfV3, eventsOf, opened, reached, responder } from './sample-run.ts';

const nothing: ThreadMessages = { kind: 'not-read', why: 'not asked for' };

function documentOf(facts: readonly RunFact[], thread = nothing): TranscriptDocument {
  const events = eventsOf(...facts);
  const state = foldRun(events);
  const head = chainHead(events, systemIds.sha256);
  if (!state || head === null) throw new Error('there are events');
  return buildDocument({ state, events, head, thread, version: '0.1.0' });
}

const section = (document: TranscriptDocument, id: string) => {
  const found = document.sections.find((each) => each.id === id);
  if (!found) throw new Error(`there is no section ${id}`);
  return found.blocks;
};
const tableIn = (blocks: readonly Block[]) => blocks.find((block) => block.kind === 'table')?.rows ?? [];
const said = (blocks: readonly Block[]) => JSON.stringify(blocks);

describe('the timeline', () => {
  it('has every event in UTC with the time since the command', () => {
    const rows = tableIn(section(documentOf(recovered), 'timeline'));
    expect(rows).toHaveLength(recovered.length);
    expect(rows[0]?.slice(0, 3)).toEqual(['1', '2026-11-21 09:00:00.000Z', '0 ms']);
    expect(rows.at(-1)?.[2]).toBe(`${(recovered.length - 1).toFixed(1)} s`);
  });
});

describe('the people', () => {
  it('names everyone with the identity that counted, and those who were refused', () => {
    const rows = tableIn(section(documentOf(recovered), 'people'));
    const deeds = rows.map(([, id, did]) => `${id} ${did}`);
    expect(deeds).toEqual([
      `${responder.id} asked`,
      `${responder.id} proposed plan p1`,
      'slack:U9 was refused at plan p1: You are not among the approvers',
      `${approver.id} approved plan p1, 1 of 1`,
    ]);
  });

  it('has those who joined and who declined', () => {
    const rows = tableIn(
      section(
        documentOf([
          ...recovered.slice(0, 4),
          { type: 'joined', by: approver, conversation: { chat: 'slack', id: 'T1/C1' } },
          { type: 'action-declined', plan: 'p1', by: approver },
        ]),
        'people',
      ),
    );
    expect(rows.slice(-2).map(([, id, did]) => [id, did])).toEqual([
      [approver.id, 'joined'],
      [approver.id, 'declined plan p1'],
    ]);
  });
});

describe('the facts of an incident', () => {
  it('has the digests before and after, whole', () => {
    const [row] = tableIn(section(documentOf(recovered), 'digests'));
    expect(row?.[1]).toContain(digestOfV3);
    expect(row?.[2]).toContain(digestOfV2);
    expect(row?.[3]).toBe('succeeded');
  });

  it('has the numbers before, at the end, and as they were read last', () => {
    const [row] = tableIn(section(documentOf(recovered), 'numbers'));
    expect(row).toEqual([
      'jobs waiting',
      'pdf_queue_pending_jobs',
      'falling',
      '1,847 (2026-11-21 09:00:01.000Z)',
      '40 (2026-11-21 09:00:08.000Z)',
      '0 (2026-11-21 09:01:00.000Z)',
    ]);
  });

  it('has each finding with its command and what was observed', () => {
    const blocks = section(documentOf(recovered), 'findings');
    expect(blocks).toContainEqual({ kind: 'code', text: '$ docker info\nlinux x86_64' });
  });

  it('has the audit trail of an action, with its phases and its plan', () => {
    const blocks = section(documentOf(recovered), 'actions');
    const trail = tableIn(blocks).map((row) => row[2]);
    expect(trail[0]).toContain('Ada (slack:U1) proposed plan p1: ');
    expect(trail).toContain('pulling the image: done, pulled');
    expect(trail.at(-2)).toBe('plan p1 succeeded: It runs.');
    expect(said(blocks)).toContain('slack:U2');
  });

  it('tells that nothing was changed where nothing was proposed', () => {
    expect(said(section(documentOf([opened, reached]), 'actions'))).toContain('nothing was changed');
  });

  it('tells interruptions', () => {
    const interrupted: RunFact = { type: 'interrupted', during: 'the diagnosis', goesOn: true };
    expect(said(section(documentOf([opened, interrupted]), 'interruptions'))).toContain('it went on');
  });
});

describe('the messages of the thread', () => {
  it('says why there are none', () => {
    expect(said(section(documentOf(recovered), 'messages'))).toContain('not asked for');
  });

  it('has them, and that the chain does not cover them', () => {
    const thread = {
      kind: 'read',
      messages: [{ by: approver, at: '2026-11-21T09:00:05.000Z', text: 'v2 was fine' }],
    } as const;
    const blocks = section(documentOf(recovered, thread), 'messages');
    expect(tableIn(blocks)[0]).toEqual(['2026-11-21 09:00:05.000Z', '5.0 s', 'Grace', 'slack:U2', 'v2 was fine']);
    expect(said(blocks)).toContain('hash chain does not cover it');
  });
});

const withVerdict = (set: Partial<Verdict>): readonly RunFact[] => {
  const verdict = { ...reached.verdict, ...set };
  return [opened, { ...reached, verdict, instances: [] }];
};

describe('causes and prevention', () => {
  it.each(ORIGINS)('has a cause for %s, in one or two sentences', (kind) => {
    const origin = { kind, confidence: 'likely', because: 'the log says so' } as const;
    const [cause] = section(documentOf(withVerdict({ origin })), 'causes');
    if (cause?.kind !== 'text') throw new Error('a sentence');
    expect(cause.text.match(/\.(\s|$)/g)?.length).toBeLessThanOrEqual(2);
  });

  it.each(FAULTS.filter((fault) => fault !== 'none'))('has something that prevents %s', (fault) => {
    const origin = { kind: 'unknown', confidence: 'possible', because: 'nothing tells' } as const;
    const blocks = section(documentOf(withVerdict({ fault, origin })), 'prevention');
    expect(blocks[0]?.kind === 'checklist' && blocks[0].items.length).toBeGreaterThan(0);
  });

  it('has only what applies', () => {
    const crlf = said(section(documentOf(withVerdict({ fault: 'script-crlf' })), 'prevention'));
    expect(crlf).toContain('eol=lf');
    expect(said(section(documentOf(recovered), 'prevention'))).not.toContain('eol=lf');
    const well = section(documentOf(withVerdict({ outcome: 'runs', fault: 'none' })), 'prevention');
    expect(said(well)).not.toContain('checklist');
  });

  it('takes the playbook’s lines to paste from the findings', () => {
    const hint = {
      check: 'Prevention: pin the runner',
      command: 'tags: [amd64]',
      observed: 'o',
      meaning: 'm',
      decision: 'd',
    };
    const step = { id: 'decision', title: 'Decision', status: 'ok', elapsedMs: 1, findings: [hint] } as const;
    const document = documentOf([opened, { type: 'step-finished', step }, reached]);
    expect(section(document, 'prevention')).toContainEqual({ kind: 'code', text: 'tags: [amd64]' });
    expect(said(section(document, 'findings'))).not.toContain('tags: [amd64]');
  });

  it('explains only terms that are used', () => {
    const terms = said(section(documentOf(recovered), 'glossary'));
    expect(terms).toContain('digest');
    expect(terms).not.toContain('shebang');
  });
});
