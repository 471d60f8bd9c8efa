/** What a person typed after `/execfmt`. */
export type Command =
  | { readonly kind: 'diagnose'; readonly target: string; readonly on: string | null }
  | { readonly kind: 'help' }
  | { readonly kind: 'list' }
  | { readonly kind: 'practice' }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Longer than any container's or workload's name. */
const NAME_LIMIT = 255;

/** Reads `pdf-renderer`, `pdf-renderer on render-01`, `help`, `list`, `practice`; a leading `/execfmt` is taken off. */
export function readCommand(text: string): Command {
  const words = text
    .trim()
    .replace(/^\/execfmt\b/, '')
    .trim()
    .split(/\s+/)
    .filter((word) => word.length > 0);
  const [first, second, third, ...rest] = words;
  if (first === undefined || first === 'help') return { kind: 'help' };
  if (first === 'list' && second === undefined) return { kind: 'list' };
  if (first === 'practice' && second === undefined) return { kind: 'practice' };
  if (first.length > NAME_LIMIT) return { kind: 'unreadable', why: 'That name is longer than any container’s.' };
  if (second === undefined) return { kind: 'diagnose', target: first, on: null };
  if (second === 'on' && third !== undefined && rest.length === 0)
    return { kind: 'diagnose', target: first, on: third };
  return { kind: 'unreadable', why: 'Type a name, or a name and where: `/execfmt pdf-renderer on render-01`.' };
}
