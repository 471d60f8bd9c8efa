import { CHATS, type ChatName } from './driver.ts';
import type { UseCase } from './use-case.ts';

const BEGIN = '<!-- use cases: written by `npm run docs:chats` -->';
const END = '<!-- end of the use cases -->';
const NAMES = Object.keys(CHATS) as ChatName[];

const raised = (number: number) => [...String(number)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');

/** The use cases as a table: what is tried in which chat, and below it what differs and why. */
export function tableOf(cases: readonly UseCase[]): string {
  const notes: string[] = [];
  const numberOf = (note: string) => {
    if (!notes.includes(note)) notes.push(note);
    return raised(notes.indexOf(note) + 1);
  };
  const cellOf = ({ not, differs, partly }: UseCase, chat: ChatName) => {
    const [why, part, how] = [not?.[chat], partly?.[chat], differs?.[chat]];
    if (why !== undefined) return `— ${numberOf(why)}`;
    if (part !== undefined) return `partly ${numberOf(part)}`;
    return how === undefined ? '✓' : `✓ ${numberOf(how)}`;
  };
  const rows = cases.map((each) => `| ${[each.does, ...NAMES.map((chat) => cellOf(each, chat))].join(' | ')} |`);
  return [
    `| use case | ${NAMES.map((chat) => CHATS[chat]).join(' | ')} |`,
    `| --- |${' --- |'.repeat(NAMES.length)}`,
    ...rows,
    '',
    ...notes.map((note, index) => `${raised(index + 1)} ${note}  `),
  ].join('\n');
}

/** A page with the table in its place; throws when the page has no place for it. */
export function withTable(page: string, table: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error('The page has no place for the use cases.');
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}
