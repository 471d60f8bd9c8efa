/** What somebody typed into the stand-in. */
export type TypedLine =
  | { readonly kind: 'command'; readonly text: string; readonly user: string }
  | { readonly kind: 'press'; readonly button: string; readonly user: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unknown' };

const ANNA = 'U0ANNA';

/** `/execfmt pdf-renderer`, `press Approve as U0BEN`; it is Anna unless it says who. */
export function readLine(line: string): TypedLine {
  if (line === '') return { kind: 'nothing' };
  const [, what = line, user = ANNA] = /^(.*?)\s+as\s+(U[A-Z0-9]+)$/.exec(line) ?? [];
  const [, command] = /^\/execfmt\b\s*(.*)$/.exec(what) ?? [];
  if (command !== undefined) return { kind: 'command', text: command, user };
  const [, button] = /^press\s+(\S.*)$/.exec(what) ?? [];
  return button === undefined ? { kind: 'unknown' } : { kind: 'press', button, user };
}
