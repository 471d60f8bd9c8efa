import type { Document, Node } from 'yaml';
import { isAlias, isMap, isNode, isPair, isScalar, isSeq } from 'yaml';
import type { KeyPath } from './mistake.ts';

/**
 * The offset in the text where a key or its value stands. What is not there is shown where it would have to be: at the
 * nearest key above it.
 */
export function locate(document: Document, path: KeyPath, at: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let found = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    const container = isAlias(node) ? node.resolve(document) : node;
    const last = index === path.length - 1;
    if (typeof step === 'number') {
      if (!isSeq(container)) return found;
      node = container.items[step];
      found = startOf(node) ?? found;
      continue;
    }
    const pair = isMap(container) ? container.items.find((item) => keyText(item.key) === step) : undefined;
    if (!pair) return found;
    node = pair.value;
    const isEmpty = isScalar(pair.value) && pair.value.value === null;
    found = (last && at === 'value' && !isEmpty ? startOf(pair.value) : null) ?? startOf(pair.key) ?? found;
  }
  return found;
}

/** The path of the key that begins at an offset; empty when none does. */
export function pathAt(document: Document, offset: number): KeyPath {
  const search = (node: unknown, path: KeyPath): KeyPath | null => {
    const items: unknown[] = isMap(node) || isSeq(node) ? node.items : [];
    for (const [index, item] of items.entries()) {
      const step = isPair(item) ? (keyText(item.key) ?? '') : index;
      if (isPair(item) && startOf(item.key) === offset) return [...path, step];
      const below = search(isPair(item) ? item.value : item, [...path, step]);
      if (below) return below;
    }
    return null;
  };
  return search(document.contents, []) ?? [];
}

function keyText(key: unknown): string | null {
  return isScalar(key) ? String(key.value) : null;
}

function startOf(node: unknown): number | null {
  return isNode(node) ? ((node as Node).range?.[0] ?? null) : null;
}
