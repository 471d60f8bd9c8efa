const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
/** What runs, loads or frames something, or is markup of another chat: the page's pieces have none of it. */
const ALIVE = 'at audio base embed frame iframe img link marquee math meta object script style template video'.split(
  ' ',
);

const decode = (text: string) => text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => NAMED[name] ?? '');
const withoutDialogs = (html: string) => html.replaceAll(/<dialog[\s\S]*?<\/dialog>/g, '');

/** What a person reads: no tags, no dialogues that are closed, no labels of buttons. */
export function textOf(html: string): string {
  const seen = withoutDialogs(html)
    .replaceAll(/<button[\s\S]*?<\/button>/g, '')
    .replaceAll(/<(?:svg|title)[\s\S]*?<\/(?:svg|title)>/g, '');
  const lines = decode(
    seen.replaceAll(/<\/?(?:p|h\d|tr|li|pre|header|div)\b[^>]*>/g, '\n').replaceAll(/<[^>]*>/g, ' '),
  );
  return lines
    .split('\n')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .join('\n');
}

const labelled = (html: string) =>
  [...html.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)].map(([, attributes = '', inside = '']) => ({
    id: /\bid="([^"]*)"/.exec(attributes)?.[1] ?? '',
    copies: attributes.includes('data-copy'),
    label: decode(inside.replaceAll(/<[^>]*>/g, '')).trim(),
  }));

/** What stands on the buttons of a message. */
export const buttonsIn = (html: string): string[] =>
  labelled(withoutDialogs(html)).flatMap(({ label, copies }) => (copies ? [] : [label]));

/** The form that a button sends, and what it asks before. */
export interface Form {
  readonly path: string;
  readonly fields: URLSearchParams;
  readonly question: string;
}

/** The form of the button with this label; of one that asks first, the form in its dialogue. */
export function findForm(html: string, label: string): Form | null {
  const id = labelled(withoutDialogs(html)).find((each) => each.label === label)?.id;
  if (id === undefined) return null;
  const forms = [...html.matchAll(/<form method="post" action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)];
  const form = forms.find(([, , inside = '']) => inside.includes(`id="${id}"`) || inside.includes(`id="${id}:ok"`));
  if (!form) return null;
  const [, path = '', inside = ''] = form;
  const hidden = [...inside.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  const dialog = html.split(`<dialog id="${id}:dialog"`)[1]?.split('</dialog>')[0];
  return {
    path: decode(path),
    fields: new URLSearchParams(hidden.map(([, name = '', value = '']): [string, string] => [name, decode(value)])),
    question: dialog === undefined ? '' : textOf(`<div${dialog}`),
  };
}

/** Tags and handlers that the pieces of the page never have: what came in from outside became markup. */
export function aliveTags(html: string): string[] {
  const tags = [...html.matchAll(/<\s*(!?[a-z][\w-]*)([^>]*)>/gi)];
  return tags.flatMap(([whole, name = '', attributes = '']) => {
    const known = !ALIVE.includes(name.toLowerCase()) && !name.startsWith('!');
    // What stands between quotes is a value, whatever it says; an address is obeyed all the same.
    const handles = /[\s/]on\w+\s*=/i.test(attributes.replaceAll(/"[^"]*"/g, '""'));
    return known && !handles && !/(?:href|src|action)="?\s*javascript:/i.test(attributes) ? [] : [whole];
  });
}
