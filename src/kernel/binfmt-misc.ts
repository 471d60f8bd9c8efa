import type { BinfmtHandler } from './host.ts';

/**
 * The handler that takes a file, of those registered the one registered last (fs/binfmt_misc.c, search_binfmt_handler); null when
 * none does. `name` is the path as it was named: the extension is what follows its last dot.
 */
export function handlerFor(handlers: readonly BinfmtHandler[], head: Uint8Array, name: string): BinfmtHandler | null {
  const dot = name.lastIndexOf('.');
  const extension = dot === -1 ? null : name.slice(dot + 1);
  return handlers.findLast((handler) => handler.enabled && takes(handler, head, extension)) ?? null;
}

function takes({ match }: BinfmtHandler, head: Uint8Array, extension: string | null): boolean {
  if (match.kind === 'extension') return extension === match.extension;
  const { offset, magic, mask } = match;
  return magic.every((byte, index) => {
    const bits = mask?.[index] ?? 0xff;
    return ((head[offset + index] ?? 0) & bits) === (byte & bits);
  });
}
