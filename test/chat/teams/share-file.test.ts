import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SharedFile } from '../../../src/ports/chat.ts';
import { beginThread, card, type Stage, startStage } from './start-chat.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const ALONE = 'a:alone-anna';
const TEXT = '# Incident r-aaaaaa\nümlaut\n';
const FILE: SharedFile = { name: 'incident-r-aaaaaa.md', title: 'Incident', mediaType: 'text/markdown', text: TEXT };

async function share(to: Stage['to'], file = FILE) {
  const parent = await stage.chat.post(to, null, 'r-aaaaaa:parent', card(), false);
  await stage.chat.share?.(to, parent, file);
}

describe('in a chat with one person', () => {
  const messages = () => stage.server.messages(ALONE);
  async function offer() {
    await share(beginThread(stage.server, ALONE));
    const question = messages().at(-1);
    if (question?.file?.contentType !== 'application/vnd.microsoft.teams.card.file.consent')
      throw new Error('no question');
    expect(question.file).toMatchObject({ name: FILE.name, content: { sizeInBytes: Buffer.byteLength(TEXT) } });
    return question;
  }
  const fileAt = (index: number) => messages()[index]?.file?.contentType;

  it('a file is offered, and put where Teams says once the person consents, in place of the question', async () => {
    const question = await offer();
    expect((await stage.server.consent(question, 'anna', true)).status).toBe(200);
    await vi.waitFor(() => expect(fileAt(1)).toBe('application/vnd.microsoft.teams.card.file.info'));
    expect([...stage.server.uploaded.values()]).toEqual([TEXT]);
    expect(messages()).toHaveLength(2);
  });

  it('it is put there once, however often the consent comes', async () => {
    const question = await offer();
    await stage.server.consent(question, 'anna', true);
    await stage.server.retry();
    await vi.waitFor(() => expect(fileAt(1)).toBe('application/vnd.microsoft.teams.card.file.info'));
    expect(stage.server.asked.filter((path) => path.startsWith('/onedrive/'))).toHaveLength(1);
  });

  it('it is tried again when OneDrive is busy or breaks off', async () => {
    stage.server.fault('upload', { kind: 'status', status: 503, when: 'before' });
    stage.server.fault('upload', { kind: 'cut', when: 'before' });
    await stage.server.consent(await offer(), 'anna', true);
    await vi.waitFor(() => expect([...stage.server.uploaded.values()]).toEqual([TEXT]));
  });

  it('the person is told when OneDrive does not take it', async () => {
    stage.server.fault('upload', { kind: 'status', status: 403, when: 'before' });
    await stage.server.consent(await offer(), 'anna', true);
    await vi.waitFor(() => expect(JSON.stringify(messages()[1])).toContain('could not be sent'));
  });

  it('nothing is sent when the person declines', async () => {
    await stage.server.consent(await offer(), 'anna', false);
    await vi.waitFor(() => expect(JSON.stringify(messages()[1])).toContain('Not sent'));
    expect(stage.server.uploaded.size).toBe(0);
  });

  it.each([
    'https://evil.example/x',
    'https://evil-sharepoint.com/x',
    'http://x.sharepoint.com/x',
    'https://u@x.sharepoint.com/',
    'x',
  ])('nothing is sent to %s', async (address) => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    await stage.server.consent(await offer(), 'anna', true, address);
    await vi.waitFor(() => expect(JSON.stringify(messages()[1])).toContain('could not be sent'));
    expect(fetched.mock.calls.filter(([url]) => String(url) === address)).toEqual([]);
    fetched.mockRestore();
  });

  it('a consent that an earlier process asked for is answered with what to do', async () => {
    const question = await offer();
    const other = structuredClone(question);
    Object.assign(other.file?.content ?? {}, { acceptContext: { execfmt: 'file', id: 'gone' } });
    await stage.server.consent(other, 'anna', true);
    await vi.waitFor(() => expect(JSON.stringify(messages()[1])).toContain('ask for it again'));
  });
});

describe('in a channel', () => {
  it('the run’s page is linked, as Teams takes no files from bots there', async () => {
    await stage.close();
    stage = await startStage({ publicUrl: 'https://execfmt.example/' });
    await share(stage.to);
    const shown = stage.server.messages().at(-1);
    const url = 'https://execfmt.example/runs/r-aaaaaa';
    expect(shown?.card?.actions).toEqual([{ type: 'Action.OpenUrl', title: 'Open the run’s page', url }]);
    expect(JSON.stringify(shown?.card)).not.toContain('ümlaut');
  });

  it('the text itself is shown where the page has no public address', async () => {
    await share(stage.to);
    const shown = JSON.stringify(stage.server.messages().at(-1)?.card);
    for (const part of ['ümlaut', 'execfmt transcript r-aaaaaa']) expect(shown).toContain(part);
  });

  it('a file that is too large for anything is refused', async () => {
    const sharing = share(stage.to, { ...FILE, text: 'x'.repeat(9 * 1024 * 1024) });
    await expect(sharing).rejects.toMatchObject({ code: 'refused' });
  });
});
