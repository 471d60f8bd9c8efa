import { answerOf } from '../../../src/playbook/answer.ts';
import type { Api } from './api.ts';
import type { EventDocument } from './documents.ts';
import { containersOf } from './pod-containers.ts';
import type { PodAt } from './read-pod.ts';
import { RESOURCES } from './resources.ts';

const WORDS_CAP = 600;

/**
 * The last warning about a pod that has not come to start, for which its status has no words: it cannot be scheduled, or
 * its sandbox or volumes cannot be made. Null when its status says enough; a sentence when events may not be read.
 */
export async function readWarning(api: Api, { pod, container }: PodAt, signal: AbortSignal): Promise<string | null> {
  const { state, lastState } = container.status ?? {};
  const silent = !state?.running && !state?.terminated && !state?.waiting?.message && !lastState?.terminated;
  const { name = '', namespace = '', uid } = pod.metadata ?? {};
  if (!silent || containersOf(pod).length === 0) return null;
  const query = { fieldSelector: `involvedObject.name=${name},type=Warning` };
  const keep = (event: EventDocument) => (uid === undefined || event.involvedObject?.uid === uid ? event : null);
  const asked = { verb: 'list', resource: RESOURCES.events, namespace } as const;
  const answer = await answerOf(() => api.list<EventDocument, EventDocument>(asked, query, keep, signal));
  if (answer.kind === 'probe-failed') return `its events cannot be read: ${answer.why.message}`;
  const timeOf = ({ lastTimestamp, eventTime, metadata }: EventDocument) =>
    lastTimestamp ?? eventTime ?? metadata?.creationTimestamp ?? '';
  const last = answer.value.toSorted((a, b) => timeOf(b).localeCompare(timeOf(a)))[0];
  return last ? `${last.reason ?? 'Warning'}: ${(last.message ?? '').slice(0, WORDS_CAP)}` : null;
}
