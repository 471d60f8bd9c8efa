import { type Block, facts, type Section, text } from '../document.ts';

/** Terms that a reader of a postmortem may not know. A term is explained only where it is used. */
const TERMS: readonly (readonly [term: string, used: RegExp, meaning: string])[] = [
  [
    'architecture',
    /\b(amd64|arm64|x86[-_]64|aarch64|architecture)\b/i,
    'The kind of processor that a program was compiled for. amd64 is x86_64; arm64 is aarch64.',
  ],
  ['binfmt_misc', /binfmt|emulat/i, 'The kernel’s list of emulators that run programs of other architectures.'],
  [
    'chain head',
    /chain head/i,
    'The last hash of the run’s chain of events. When it is the one that the chat shows, no event was changed.',
  ],
  ['digest', /\bsha256:/, 'The name of an image by its content. It never moves; a tag can.'],
  ['ELF', /\bELF\b/, 'The format of programs on Linux. Its header names the architecture.'],
  [
    'exec format error',
    /exec format error|ENOEXEC/i,
    'ENOEXEC: the kernel does not know how to execute a file, mostly as it is for another architecture.',
  ],
  ['execve', /\bexecve\b/, 'The call by which the kernel starts a program.'],
  ['index', /\bindex\b/i, 'An image’s list of one manifest for each platform. The engine picks its own.'],
  ['loader', /\bloader\b/i, 'The program that the kernel starts to load a dynamically linked program’s libraries.'],
  ['manifest', /\bmanifest\b/i, 'The description of an image for one platform: its configuration and layers.'],
  ['platform', /\blinux\/\w+/, 'Operating system and architecture together, as linux/arm64.'],
  ['shebang', /shebang/i, 'The first line of a script (#!), which names its interpreter.'],
];

/** A few lines on the terms that the other sections use. */
export function glossarySection(others: readonly Section[]): Section {
  const said = JSON.stringify(others);
  const used = TERMS.filter(([, pattern]) => pattern.test(said)).map(([term, , meaning]) => [term, meaning] as const);
  const blocks: Block[] = used.length > 0 ? [facts(...used)] : [text('No term here needs to be explained.')];
  return { id: 'glossary', title: 'Glossary', blocks };
}
