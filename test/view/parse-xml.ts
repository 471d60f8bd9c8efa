/** An element of an XML document. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const NAME = /[A-Za-z_][\w.-]*/.source;
const TOKEN = new RegExp(`<(/?)(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/?)>|([^<]+)`, 'y');
/** What XML 1.0 allows (2.2). */
const ALLOWED = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;

function decode(text: string): string {
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(text)) throw new Error(`an & that begins no entity: ${text}`);
  return text.replace(/&(?:#(\d+)|(\w+));/g, (_, code, name) =>
    code ? String.fromCodePoint(Number(code)) : ENTITIES[name]!,
  );
}

/** Reads XML strictly, as far as reports use it: throws an Error for whatever is not well-formed. */
export function parseXml(document: string): Element {
  if (!ALLOWED.test(document)) throw new Error('a character that no XML may hold');
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!document.startsWith(head)) throw new Error('no XML declaration');
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  TOKEN.lastIndex = head.length;
  while (TOKEN.lastIndex < document.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(document);
    if (token === null) throw new Error(`not well-formed at ${document.slice(at, at + 60)}`);
    take(open, token);
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('not exactly one closed root');
  return root.children[0]!;
}

function take(open: Element[], [, closing, name = '', attributes = '', empty, text]: RegExpExecArray): void {
  const here = open.at(-1)!;
  if (text !== undefined) {
    if (text.includes(']]>')) throw new Error(']]> in a text');
    here.text += decode(text);
    return;
  }
  if (closing) {
    if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else`);
    return;
  }
  const pairs = [...attributes.matchAll(new RegExp(`(${NAME})="([^"]*)"`, 'g'))];
  if (new Set(pairs.map(([, key]) => key)).size !== pairs.length) throw new Error(`an attribute twice in <${name}>`);
  const element = {
    name,
    attributes: Object.fromEntries(pairs.map(([, key, value]) => [key, decode(value!)])),
    children: [],
    text: '',
  };
  here.children.push(element);
  if (!empty) open.push(element);
}
