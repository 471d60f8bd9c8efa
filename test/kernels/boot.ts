import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Target } from './targets.ts';

/** What a guest said: facts about its kernel, and one answer for each case. */
export interface Answers {
  readonly facts: Readonly<Record<string, string>>;
  readonly answers: readonly string[];
}

/** A guest that says nothing for this long is stuck. */
const SILENCE_MS = 180_000;
const ANSWER = /^[eksx]\d+$/;

interface Guest {
  readonly facts: Record<string, string>;
  readonly answers: string[];
  /** What went wrong, or null. */
  trouble: string | null;
  ended: boolean;
  /** The last lines that are no answers: the kernel's own messages. */
  readonly tail: string[];
}

function take(guest: Guest, line: string): void {
  const text = line.trim();
  const [, name, value = ''] = /^=(\w+) ?(.*)$/.exec(text) ?? [];
  if (name === 'end') guest.ended = true;
  else if (name !== undefined) guest.facts[name] = value;
  else if (ANSWER.test(text)) guest.answers.push(text);
  else if (text.startsWith('!')) guest.trouble = text.slice(1);
  else guest.tail.splice(0, guest.tail.length - 20, ...[...guest.tail.slice(-20), text]);
}

/**
 * Boots a kernel with an initramfs in qemu and collects what its only process says on the serial console. Rejects when
 * the guest stops before its end or says nothing for three minutes; the emulator never outlives the call.
 */
export async function boot(
  target: Target,
  image: string,
  initramfs: string,
  onCount: (n: number) => void,
): Promise<Answers> {
  const [program, ...options] = target.qemu;
  const append = `${target.append} quiet loglevel=1 panic=-1 rdinit=/init`;
  const args = [...options, '-kernel', image, '-initrd', initramfs, '-append', append];
  const qemu = spawn(program, [...args, '-nographic', '-no-reboot', '-nic', 'none', '-serial', 'mon:stdio'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const guest: Guest = { facts: {}, answers: [], trouble: null, ended: false, tail: [] };
  let stuck = false;
  let watch = setTimeout(() => {}, 0);
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(() => {
      stuck = true;
      qemu.kill('SIGKILL');
    }, SILENCE_MS);
  };
  heard();
  const gone = new Promise<void>((resolve, reject) => qemu.once('close', () => resolve()).once('error', reject));
  for await (const line of createInterface({ input: qemu.stdout })) {
    heard();
    const before = guest.answers.length;
    take(guest, line);
    if (guest.answers.length > before && guest.answers.length % 1000 === 0) onCount(guest.answers.length);
    if (guest.ended || guest.trouble !== null) qemu.kill('SIGKILL');
  }
  clearTimeout(watch);
  await gone;
  if (guest.ended) return guest;
  const why = guest.trouble ?? (stuck ? 'it said nothing any more' : 'the emulator ended');
  throw new Error(`The guest stopped after ${guest.answers.length} cases: ${why}.\n${guest.tail.join('\n')}`);
}
