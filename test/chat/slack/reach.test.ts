import { expect, it, vi } from 'vitest';
import { startStage } from './start-chat.ts';

const signal = new AbortController().signal;

it('is reached while the Socket Mode connection is up, and again after it came back', async () => {
  const stage = await startStage('socket');
  try {
    expect(await stage.chat.reach?.(signal)).toMatchObject({ kind: 'known', value: { detail: 'Socket Mode' } });
    stage.server.fault('apps.connections.open', { kind: 'error', error: 'internal_error' });
    stage.server.refreshSockets();
    await vi.waitFor(() => expect(stage.lines.some((line) => line.message.includes('up again'))).toBe(true));
    expect((await stage.chat.reach?.(signal))?.kind).toBe('known');
    await stage.chat.stop();
    expect((await stage.chat.reach?.(signal))?.kind).toBe('probe-failed');
  } finally {
    await stage.close();
  }
});

it('is reached by HTTP while it receives', async () => {
  const stage = await startStage('http');
  try {
    expect(await stage.chat.reach?.(signal)).toMatchObject({ kind: 'known', value: { detail: 'HTTP' } });
    await stage.chat.stop();
    expect((await stage.chat.reach?.(signal))?.kind).toBe('probe-failed');
  } finally {
    await stage.close();
  }
});
