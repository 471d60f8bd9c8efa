import type { RunState } from '../run/run-state.ts';
import type { Card } from './card.ts';

/** Where a chat takes no files: the address of a run’s transcript, and the head of its hash chain, which the chat so keeps. */
export function transcriptCard(state: RunState, head: string, address: string): Card {
  return {
    tone: 'ok',
    title: 'Transcript',
    practice: state.practice,
    parts: [
      { kind: 'text', text: `The whole record of run ${state.run}, for the postmortem: ${address}` },
      { kind: 'note', text: `Chain head ${head}` },
    ],
    buttons: [],
    fallback: `The transcript of run ${state.run}: ${address}`,
  };
}
