import { stringify } from 'yaml';
import { compose } from '../../../src/cli/compose.ts';
import { parseConfig } from '../../../src/config/parse-config.ts';
import { diagnosisDocument } from '../../../src/run/diagnosis-document.ts';
import { quiet } from '../../app/quiet-log.ts';
import type { Diagnosis } from './compare.ts';
import { mapBounded } from './map-bounded.ts';
import { containerName, type Staged } from './stage.ts';

/** The configuration of a responder who looks after all of these services, each on a host of its own name. */
export function configurationOf(staged: readonly Staged[]): string {
  const registries = new Set(staged.map(({ repository }) => repository.split('/')[0] ?? ''));
  return stringify({
    hosts: Object.fromEntries(staged.map(({ incident, host }) => [`host-of-${incident.id}`, { docker: host }])),
    registries: Object.fromEntries([...registries].map((address) => [address, { plainHttp: true }])),
    services: Object.fromEntries(
      staged.map(({ incident, repository }) => [
        incident.id,
        {
          image: repository,
          platforms: ['linux/amd64'],
          targets: (incident.containers ?? ['']).map((as) => ({
            host: `host-of-${incident.id}`,
            container: containerName(incident, as || undefined),
          })),
        },
      ]),
    ),
  });
}

/** What one diagnosis came to: the document of `diagnose --json`, or the defect that ended it. */
export type Answered = { readonly staged: Staged; readonly document: Diagnosis | null; readonly defect: string | null };

/** Runs the bot on each, in this process, wired as the command is; some at a time. */
export async function diagnoseAll(staged: readonly Staged[], atOnce: number): Promise<readonly Answered[]> {
  const parsed = parseConfig(configurationOf(staged), 'incidents.yaml');
  if (!parsed.ok) throw new Error(parsed.mistakes.map(({ key, what }) => `${key}: ${what}`).join('\n'));
  const options = { log: quiet, store: ':memory:', resetPractice: null, slack: null, teams: null, followForMs: 0 };
  const { application, stop } = await compose(parsed.config, options);
  const diagnose = async (one: Staged): Promise<Answered> => {
    const reply = await application.handle({
      by: { id: 'cli:responder', name: 'responder' },
      conversation: { chat: 'cli', id: one.incident.id },
      delivery: one.incident.id,
      what: { kind: 'command', text: one.incident.id },
    });
    if (reply.kind !== 'run') return { staged: one, document: null, defect: `no run: ${JSON.stringify(reply)}` };
    await application.diagnosed(reply.run);
    const state = await application.state(reply.run);
    if (!state) return { staged: one, document: null, defect: `run ${reply.run} has no events` };
    return { staged: one, document: diagnosisDocument(state) as unknown as Diagnosis, defect: null };
  };
  try {
    return await mapBounded(staged, atOnce, diagnose);
  } finally {
    await stop();
  }
}
