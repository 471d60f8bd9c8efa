import type { Card, CardPart } from '../../../src/view/card.ts';
import type { ThreadView } from '../../../src/view/thread-view.ts';

export const RUN = 'r-7k2m9x';
export const V2 = 'sha256:4b1f8a6e0c9d27f35e81b0a4d6c2937f1e5a8b40c7d96e23f4a1850b6c3d7e92';
export const V3 = 'sha256:9e07c1d45ab83f62d0174ce9b5a28f31760d4be8c3f59a12e6d7048bb1c2f5a3';
const HASH = 'f2a4c6e8'.repeat(8);
const SUMMARY =
  'pdf-renderer on render-01 cannot start: the host is x86_64, and v3 holds only linux/arm64, so the kernel refuses /app/render (ENOEXEC).';

/** One moment of the story: what the thread looks like from then on. */
export type Moment = (view: ThreadView) => ThreadView;

const card = (tone: Card['tone'], title: string, parts: readonly CardPart[], more: Partial<Card> = {}): Card => ({
  tone,
  title,
  practice: true,
  parts,
  buttons: [],
  fallback: title,
  ...more,
});

const note = (text: string): CardPart => ({ kind: 'note', text });
const text = (value: string): CardPart => ({ kind: 'text', text: value });

function parent(tone: Card['tone'], word: string, sentence: string): Card {
  return card(tone, `pdf-renderer: ${word}`, [
    text(sentence),
    note(`pdf-renderer on render-01 · asked by Ada · 09:14:01 UTC · run ${RUN}`),
  ]);
}

/** The thread when the command has just been taken. */
export function openedView(): ThreadView {
  const first = parent('working', 'investigating', 'Running the playbook.');
  return { run: RUN, target: 'pdf-renderer', practice: true, settled: false, seq: 1, parent: first, replies: [] };
}

/** Puts a reply in its place, or in that of the earlier one with its key. */
export function put(
  view: ThreadView,
  key: string,
  at: string,
  reply: Card,
  change: Partial<ThreadView> = {},
): ThreadView {
  const fresh = { key, at: `2026-11-21T${at}Z`, card: reply };
  const there = view.replies.some((candidate) => candidate.key === key);
  const replies = there ? view.replies.map((old) => (old.key === key ? fresh : old)) : [...view.replies, fresh];
  return { ...view, replies, seq: view.seq + 1, ...change };
}

interface StepTold {
  readonly id: string;
  readonly at: string;
  readonly tone: Card['tone'];
  readonly title: string;
  readonly check: string;
  readonly code: string;
  readonly means: string;
  readonly decision: string;
}

const step =
  ({ id, at, tone, title, check, code, means, decision }: StepTold): Moment =>
  (view) => {
    const facts = [
      { label: 'Means', value: means, odd: false },
      { label: 'Decision', value: decision, odd: false },
    ];
    return put(
      view,
      `step:${id}`,
      at,
      card(tone, title, [text(check), { kind: 'code', text: code }, { kind: 'facts', facts }]),
    );
  };

const LOG_LINES = Array.from({ length: 18 }, () => 'exec /app/render: exec format error').join('\n');

const DIAGNOSIS: readonly StepTold[] = [
  {
    id: 'host',
    at: '09:14:02.100',
    tone: 'ok',
    title: '1. What the host can run',
    check: 'Host architecture',
    code: "$ docker info --format '{{.Architecture}}'\nx86_64",
    means: 'render-01 runs linux/amd64 programs; no emulator for others is registered.',
    decision: 'Compare with the image.',
  },
  {
    id: 'image',
    at: '09:14:02.300',
    tone: 'problem',
    title: '2. What the image says it is',
    check: 'Platform of the local image',
    code: "$ docker image inspect registry.corp.io/pdf-renderer:v3 --format '{{.Os}}/{{.Architecture}}'\nlinux/arm64",
    means: 'The image is for another platform than the host.',
    decision: 'See whether the tag has an amd64 image at all.',
  },
  {
    id: 'tag',
    at: '09:14:02.700',
    tone: 'problem',
    title: '3. What stands behind the tag',
    check: 'Platforms behind the tag',
    code: `$ docker buildx imagetools inspect registry.corp.io/pdf-renderer:v3\nv3 → ${V3}\nlinux/arm64`,
    means: 'v3 was pushed as one image for linux/arm64; there is nothing else to pull.',
    decision: 'Pulling again is no use.',
  },
  {
    id: 'file',
    at: '09:14:02.900',
    tone: 'problem',
    title: '4. What is executed',
    check: 'Executed file',
    code: '$ file /app/render\nELF 64-bit LSB executable, ARM aarch64, statically linked',
    means: 'An x86_64 kernel has no loader for it: execve gives ENOEXEC.',
    decision: 'Go to an image whose file is for amd64.',
  },
  {
    id: 'symptom',
    at: '09:14:03.000',
    tone: 'problem',
    title: '5. What the container does',
    check: 'State and log',
    code: `$ docker logs --tail 18 pdf-renderer\n${LOG_LINES}`,
    means: 'It exits with 1 and is restarted without end; the program itself never ran.',
    decision: 'The log agrees with the file.',
  },
  {
    id: 'impact',
    at: '09:14:03.200',
    tone: 'problem',
    title: '7. Who is waiting',
    check: 'Queue',
    code: '$ curl -s http://render-01:9090/metrics\npdf_queue_pending_jobs 1847\npdf_queue_oldest_seconds 7200',
    means: '1,847 jobs wait, the oldest for 2 h.',
    decision: 'Restore service first, repair the pipeline after.',
  },
];

const verdict: Moment = (view) =>
  put(
    view,
    'verdict',
    '09:14:03.400',
    card(
      'problem',
      'It will not run: pdf-renderer',
      [
        text(SUMMARY),
        {
          kind: 'facts',
          facts: [
            { label: 'Host', value: 'x86_64', odd: true },
            { label: 'Image as pulled', value: 'linux/arm64', odd: false },
            { label: 'Tag', value: `v3 → linux/arm64\n${V3}`, odd: false },
            { label: 'File', value: '/app/render: ELF 64-bit, ARM aarch64', odd: false },
          ],
        },
        {
          kind: 'list',
          ordered: true,
          items: [
            `rollback-to-digest (fixes): v2 ${V2}: its /app/render is for x86-64 and starts there.`,
            'rebuild (fixes): on a runner tagged amd64; gitlab-runner-arm64-02 built v3.',
            'repull (would not help): the tag has no linux/amd64.',
          ],
        },
        note('Diagnosed in 812 ms · 09:14:03 UTC'),
      ],
      {
        fallback: SUMMARY,
        buttons: [
          {
            label: 'Roll back to v2',
            style: 'primary',
            press: { action: 'propose', run: RUN, subject: '0', hash: null },
            confirm: null,
          },
          {
            label: 'Run again',
            style: 'plain',
            press: { action: 'again', run: RUN, subject: 'pdf-renderer', hash: null },
            confirm: null,
          },
        ],
      },
    ),
    { settled: true, parent: parent('problem', 'wrong-platform-image', SUMMARY) },
  );

/** From the command to the verdict. */
export const diagnosis: readonly Moment[] = [...DIAGNOSIS.map(step), verdict];

const planParts = (status: string): readonly CardPart[] => [
  {
    kind: 'facts',
    facts: [
      { label: 'Where', value: 'pdf-renderer on render-01', odd: false },
      { label: 'From', value: `registry.corp.io/pdf-renderer:v3\n${V3}`, odd: false },
      { label: 'To', value: `v2 (linux/amd64)\n${V2}`, odd: false },
      { label: 'Why it will run', value: 'The kernel model starts its /app/render on render-01.', odd: false },
    ],
  },
  {
    kind: 'code',
    text: `docker pull registry.corp.io/pdf-renderer@${V2}\ndocker rename pdf-renderer pdf-renderer-before-p1\ndocker run … pdf-renderer`,
  },
  note(status),
];

/** The proposal, with the buttons to approve or decline it. */
export const proposed: Moment = (view) =>
  put(
    view,
    'plan:p1',
    '09:15:10.000',
    card(
      'decision',
      'Roll back pdf-renderer to v2?',
      planParts('Asked for by Ada (web:ada). 0 of 1 approvals. Until 09:45:10 UTC.'),
      {
        buttons: [
          {
            label: 'Approve',
            style: 'primary',
            press: { action: 'approve', run: RUN, subject: 'p1', hash: HASH },
            confirm: {
              title: 'Approve this rollback?',
              text: `pdf-renderer on render-01\nfrom ${V3}\nto ${V2}`,
              ok: 'Approve rollback',
              cancel: 'Not now',
            },
          },
          {
            label: 'Decline',
            style: 'plain',
            press: { action: 'decline', run: RUN, subject: 'p1', hash: HASH },
            confirm: null,
          },
        ],
      },
    ),
    { settled: false, parent: parent('decision', 'waiting for approval', `${SUMMARY} A rollback to v2 is proposed.`) },
  );

const acting = (at: string, done: readonly string[]): Moment => {
  return (view) =>
    put(
      view,
      'action:p1',
      at,
      card('working', 'Rolling back pdf-renderer on render-01', [{ kind: 'list', ordered: false, items: done }]),
    );
};

const approved: Moment = (view) => ({
  ...put(
    view,
    'plan:p1',
    '09:15:10.000',
    card('decision', 'Roll back pdf-renderer to v2?', planParts('Approved by Ada (web:ada) at 09:15:40 UTC.')),
  ),
  parent: parent('working', 'rolling back', 'Rolling back to v2.'),
});

const recovered: Moment = (view) =>
  put(
    view,
    'action:p1',
    '09:15:41.000',
    card('ok', 'Recovered: pdf-renderer', [
      text(
        'Recovered after 2 min 31 s, measured from the command. Running for 20 s, the log is quiet, the queue drains.',
      ),
      {
        kind: 'list',
        ordered: false,
        items: ['✓ 09:15:44 UTC Pulled and proved v2', '✓ 09:15:49 UTC Container started', '✓ 09:16:32 UTC Verified'],
      },
      { kind: 'facts', facts: [{ label: 'jobs waiting', value: '1,847 → 1,512 → 240', odd: false }] },
    ]),
    { settled: true, parent: parent('ok', 'recovered', 'Rolled back to v2.') },
  );

/** From the approval to the recovery. */
export const rollback: readonly Moment[] = [
  approved,
  acting('09:15:41.000', ['… 09:15:41 UTC Pulling and proving v2']),
  acting('09:15:41.000', ['✓ 09:15:44 UTC Pulled and proved v2', '… 09:15:45 UTC Starting the container']),
  recovered,
];
