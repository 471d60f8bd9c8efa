import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SharedFile } from '../../../src/ports/chat.ts';
import { card, type Stage, startStage } from './start-chat.ts';

let stage: Stage;
let parent: string;
beforeEach(async () => {
  stage = await startStage('http');
  parent = await stage.chat.post(stage.to, null, 'parent', card(), false);
});
afterEach(() => stage.close());

const FILE: SharedFile = {
  name: 'incident-r-7k2m9x.md',
  title: 'Incident r-7k2m9x: pdf-renderer',
  mediaType: 'text/markdown',
  text: '# pdf-renderer\n\n“é” \ud800 <!channel>\n',
};
const share = (file = FILE) => stage.chat.share!(stage.to, parent, file);
const shared = () => stage.server.thread(stage.server.messages()[0]!.ts).flatMap(({ files }) => (files ? [files] : []));

describe('sharing a file', () => {
  it('puts it into the thread, whole, with a title and no text of its own', async () => {
    await share();
    expect(shared()).toEqual([[expect.objectContaining({ name: FILE.name, title: FILE.title })]]);
    expect(String([...stage.server.files.values()][0]?.bytes)).toBe(FILE.text.toWellFormed());
    const call = stage.server.calls.find(({ method }) => method === 'files.completeUploadExternal');
    expect(call?.args).not.toHaveProperty('initial_comment');
  });

  it.each([
    ['files.getUploadURLExternal', { kind: 'status', status: 503, when: 'before' }],
    ['files.getUploadURLExternal', { kind: 'rate-limit', retryAfter: 2 }],
    ['upload', { kind: 'status', status: 500, when: 'before' }],
    ['upload', { kind: 'cut', when: 'before' }],
    ['files.completeUploadExternal', { kind: 'status', status: 500, when: 'before' }],
    ['files.completeUploadExternal', { kind: 'status', status: 500, when: 'after' }],
    ['files.completeUploadExternal', { kind: 'cut', when: 'after' }],
  ] as const)('shares it once when %s meets %j', async (method, fault) => {
    stage.server.fault(method, fault);
    await share();
    expect(shared()).toHaveLength(1);
  });

  it.each([
    ['files.getUploadURLExternal', 'missing_scope', 'refused'],
    ['files.completeUploadExternal', 'posting_to_channel_denied', 'gone'],
    ['files.completeUploadExternal', 'invalid_channel', 'gone'],
  ] as const)('gives up at once when %s says %s', async (method, error, code) => {
    stage.server.fault(method, { kind: 'error', error });
    await expect(share()).rejects.toMatchObject({ name: 'ChatError', code });
    expect(stage.slept).toEqual([]);
  });

  it('gives up on an address that refuses the bytes', async () => {
    stage.server.fault('upload', { kind: 'status', status: 403, when: 'before' });
    await expect(share()).rejects.toMatchObject({ name: 'ChatError', code: 'refused' });
    expect(shared()).toEqual([]);
  });
});
