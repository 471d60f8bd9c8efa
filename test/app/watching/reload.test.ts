import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { startPractice } from '../../../adapters/practice/start-practice.ts';
import { compose } from '../../../src/cli/compose.ts';
import { UsageError } from '../../../src/cli/exit-status.ts';
import { defaultConfig } from '../../../src/cli/load-config.ts';
import { withPractice } from '../../../src/cli/practice-config.ts';
import { quiet } from '../quiet-log.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** The use cases over the practice engine, whose configuration can be exchanged. */
async function stage() {
  const practice = await startPractice();
  ends.push(() => practice.stop());
  const empty = { ...defaultConfig(), hosts: [] };
  const config = withPractice(empty, practice, 'web:ada');
  const options = { log: quiet, store: ':memory:', resetPractice: null, slack: null, teams: null, followForMs: 0 };
  const composition = await compose(config, options);
  ends.push(() => composition.stop());
  await composition.application.start();
  const ask = () =>
    composition.application.handle({
      by: { id: 'web:ada', name: 'ada' },
      conversation: { chat: 'web', id: 'page' },
      delivery: randomUUID(),
      what: { kind: 'command', text: 'pdf-renderer' },
    });
  return { ...composition, ask, config, empty };
}

it('lets a run that is under way end with what it was begun with, and begins the next with the new one', async () => {
  const { application, ask, reload, empty } = await stage();
  const reply = await ask();
  if (reply.kind !== 'run') throw new Error(JSON.stringify(reply));
  await reload(empty);
  await application.diagnosed(reply.run);
  const state = await application.state(reply.run);
  expect(state?.verdict?.verdict.fault).toBe('wrong-platform-image');
  expect(state?.steps).toHaveLength(8);
  expect((await ask()).kind).toBe('private');
});

it('stays as it was when a secret of the new one cannot be read', async () => {
  const { application, ask, reload, config } = await stage();
  const credentials = { username: 'bot', password: { kind: 'file', path: '/no/such/secret' } } as const;
  const registry = { host: 'r.corp.io', credentials, ca: null, plainHttp: false, mirrors: [], mirrorOf: null };
  const next = { ...config, hosts: [], services: [], registries: [registry] };
  await expect(reload(next)).rejects.toThrow(UsageError);
  const reply = await ask();
  if (reply.kind !== 'run') throw new Error(JSON.stringify(reply));
  await application.diagnosed(reply.run);
  expect((await application.state(reply.run))?.verdict?.verdict.fault).toBe('wrong-platform-image');
});
