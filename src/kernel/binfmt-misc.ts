import { padded } from './bytes.ts';
import type { BinfmtHandler } from './host.ts';
import { HEAD_SIZE } from './script.ts';
import type { SettledHost } from './settle-host.ts';

/** Text after the last dot of the whole path, as strrchr(path, '.') finds it; null without a dot. */
function extensionOf(name: string): string | null {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? null : name.slice(dot + 1);
}

function matches(handler: BinfmtHandler, name: string, head: Uint8Array): boolean {
  const { match } = handler;
  if (match.kind === 'extension') return extensionOf(name) === match.extension;
  if (match.magic.length === 0 || match.offset + match.magic.length > HEAD_SIZE) return false;
  return match.magic.every((byte, i) => ((byte ^ (head[match.offset + i] ?? 0)) & (match.mask?.[i] ?? 0xff)) === 0);
}

/** The handler that takes a file, by its name and its zero-padded first 256 bytes (fs/binfmt_misc.c, search_binfmt_handler). */
export function handlerFor(host: SettledHost, name: string, head: Uint8Array): BinfmtHandler | null {
  return host.binfmt.find((handler) => matches(handler, name, head)) ?? null;
}

/** Whether the interpreter was opened when the handler was registered, so that the container need not contain it. */
export function isOpenedAtRegistration(handler: BinfmtHandler): boolean {
  return handler.flags.includes('F');
}

/** Whether the handler gets the file as an open descriptor; C implies O. */
export function passesDescriptor(handler: BinfmtHandler): boolean {
  return /[OC]/.test(handler.flags);
}

/** Whether the handler emulates another processor, so that what it is given needs its own loader in the container. */
export function isEmulator(handler: BinfmtHandler): boolean {
  return handler.match.kind === 'magic' && /qemu|rosetta/i.test(`${handler.name} ${handler.interpreter}`);
}

/** The head of a native program, in place of a handler's that lies outside the container and cannot be read. */
export function nativeHead(host: SettledHost): Uint8Array {
  const [own] = host.handlers;
  const head = padded(new Uint8Array([0x7f, 0x45, 0x4c, 0x46]), HEAD_SIZE);
  if (!own) return head;
  head.set([own.bits === 64 ? 2 : 1, own.little ? 1 : 2, 1], 4);
  const view = new DataView(head.buffer);
  view.setUint16(16, 2, own.little);
  view.setUint16(18, own.machines[0] ?? 0, own.little);
  view.setUint32(20, 1, own.little);
  return head;
}
