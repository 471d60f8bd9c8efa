import { systemIds } from '../../../adapters/system/ids.ts';
import type { Application, Intent, IntentReply } from '../../../src/ports/application.ts';
import type { SharedFile } from '../../../src/ports/chat.ts';
import type { RunListing } from '../../../src/ports/journal.ts';
import type { RunEvent, RunFact } from '../../../src/run/events.ts';
import { TRANSCRIPT_MEDIA_TYPES, type TranscriptFormat } from '../../../src/run/transcript/format.ts';
import { renderTranscript } from '../../../src/run/transcript/render-transcript.ts';
import type { ThreadView } from '../../../src/view/thread-view.ts';
import { approvals, eventsOf, opened, plan, reached } from '../../run/sample-run.ts';
import { diagnosis, type Moment, openedView, proposed, RUN, rollback } from './pdf-renderer-story.ts';

const ADA = { id: 'web:ada', name: 'Ada' };
const GRACE = { id: 'web:grace', name: 'Grace' };

/** An application that plays the pdf-renderer incident; the test says when the next moment comes. */
export class ScriptedApplication implements Application {
  readonly handled: Intent[] = [];
  readonly #views = new Map<string, ThreadView>();
  readonly #listings: RunListing[] = [];
  readonly #listeners = new Set<(run: string) => void>();
  #coming: Moment[] = [];

  get watching(): number {
    return this.#listeners.size;
  }

  /** Puts a run in place, as another chat's would be. */
  show(view: ThreadView, openedAt: string): void {
    if (!this.#views.has(view.run)) this.#listings.unshift({ run: view.run, target: view.target, openedAt });
    this.#views.set(view.run, view);
    for (const listener of this.#listeners) listener(view.run);
  }

  /** Lets the next moment come; false when none is left. */
  advance(): boolean {
    const moment = this.#coming.shift();
    const view = this.#views.get(RUN);
    if (!moment || !view) return false;
    this.show(moment(view), '2026-11-21T09:14:01.000Z');
    return true;
  }

  async handle(intent: Intent): Promise<IntentReply> {
    this.handled.push(intent);
    const { what } = intent;
    if (what.kind === 'command') return this.#command(what.text);
    if (what.press.action === 'propose') this.#coming = [proposed];
    if (what.press.action === 'approve') this.#coming = [...rollback];
    if (what.press.action === 'decline') return refused('You may not decline this', 'Only web:grace may.');
    this.advance();
    return { kind: 'nothing' };
  }

  #command(text: string): IntentReply {
    if (!text.endsWith('pdf-renderer'))
      return refused(`Nothing is called ${text}`, 'Type /execfmt list to see what there is.');
    this.#coming = [...diagnosis];
    this.show(openedView(), '2026-11-21T09:14:01.000Z');
    return { kind: 'run', run: RUN, joined: false };
  }

  async thread(run: string): Promise<ThreadView | null> {
    return this.#views.get(run) ?? null;
  }

  /** What a run's thread is told of, as far as lists and records are made of it. */
  async events(run: string): Promise<readonly RunEvent[]> {
    const view = this.#views.get(run);
    if (!view) return [];
    const has = (start: string) => view.replies.some(({ key }) => key.startsWith(start));
    const facts: RunFact[] = [{ ...opened, target: view.target, by: ADA, practice: view.practice } as RunFact];
    if (has('verdict')) facts.push(reached);
    if (has('plan:')) facts.push({ type: 'action-proposed', plan: { ...plan, requestedBy: ADA }, approvals });
    if (has('action:')) facts.push({ type: 'action-approved', plan: plan.id, by: GRACE, given: 1, required: 1 });
    return eventsOf(...facts).map((event) => ({ ...event, run }));
  }

  async transcript(run: string, format: TranscriptFormat): Promise<SharedFile | null> {
    const events = await this.events(run);
    if (events.length === 0) return null;
    const thread = { kind: 'not-read', why: 'this is a script' } as const;
    const text = renderTranscript({ events, thread, version: 'test' }, format, systemIds.sha256);
    return { name: `incident-${run}.${format}`, title: run, mediaType: TRANSCRIPT_MEDIA_TYPES[format], text };
  }

  async runs(limit: number, matching = ''): Promise<readonly RunListing[]> {
    const part = matching.toLowerCase();
    const has = ({ run, target }: RunListing) => `${run}\n${target}`.toLowerCase().includes(part);
    return this.#listings.filter(has).slice(0, limit);
  }

  watch(listener: (run: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async targets(): Promise<readonly string[]> {
    return ['pdf-renderer', 'thumbnailer'];
  }
}

function refused(title: string, sentence: string): IntentReply {
  const parts = [{ kind: 'text', text: sentence }] as const;
  return { kind: 'private', card: { tone: 'unknown', title, practice: false, parts, buttons: [], fallback: title } };
}
