import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RecipeFile } from './image-recipe.ts';

const run = promisify(execFile);

/** What is made, by its place in an image; `old` is the same library of an earlier version. */
type Made = Readonly<Record<'program' | 'newer' | 'library' | 'old' | 'libc' | 'loader', Uint8Array>>;

const LIBRARY = 'int corp_render(void) { return 0; }\n';
const PROGRAM = 'int corp_render(void); int pause(void); int main(void) { pause(); return corp_render(); }\n';
/** Its .note.gnu.property asks for a level of x86-64 that no processor has yet (x86-64 psABI, GNU_PROPERTY_X86_ISA_1_NEEDED). */
const NEWER = `__asm__(".pushsection .note.gnu.property,\\"a\\"\\n.balign 8\\n.long 4,16,5\\n.asciz \\"GNU\\"\\n.long 0xc0008002,4,0x100,0\\n.popsection");
int pause(void); int main(void) { return pause(); }
`;
const OLD = 'CORP_1.0 { global: corp_render; };\n';
const NEW = 'CORP_1.0 { };\nCORP_2.0 { global: corp_render; } CORP_1.0;\n';

const LOADER = '/lib64/ld-linux-x86-64.so.2';
const LIBC = '/lib/x86_64-linux-gnu/libc.so.6';
const CORP = '/usr/lib/libcorp.so.1';

async function compile(folder: string): Promise<Made> {
  const at = (name: string) => join(folder, name);
  const gcc = (...args: string[]) => run('gcc', args, { cwd: folder, timeout: 60_000 });
  const files = { 'library.c': LIBRARY, 'program.c': PROGRAM, 'newer.c': NEWER, 'old.map': OLD, 'new.map': NEW };
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
  const shared = ['-shared', '-fPIC', 'library.c', '-Wl,-soname,libcorp.so.1'];
  await gcc(...shared, '-Wl,--version-script,old.map', '-o', 'old.so');
  await gcc(...shared, '-Wl,--version-script,new.map', '-o', 'new.so');
  await gcc('program.c', 'new.so', '-o', 'program');
  await gcc('newer.c', '-o', 'newer');
  const [program, newer, library, old, libc, loader] = await Promise.all(
    [at('program'), at('newer'), at('new.so'), at('old.so'), LIBC, LOADER].map((path) => readFile(path)),
  );
  if (!program || !newer || !library || !old || !libc || !loader) throw new Error('gcc wrote nothing');
  return { program, newer, library, old, libc, loader };
}

let made: Promise<Made> | null = null;

/** Compiled once, with the machine's gcc, when the first image asks for it. Needs x86-64 and glibc. */
async function compileOnce(): Promise<Made> {
  const folder = await mkdtemp(join(tmpdir(), 'execfmt-libraries-'));
  try {
    return await compile(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function file(path: string, which: keyof Made): RecipeFile {
  const make = async () => {
    made ??= compileOnce();
    return (await made)[which];
  };
  return { path, make };
}

/** A program for glibc that needs `corp_render` of the version CORP_2.0, out of libcorp.so.1. */
export const dynamicProgram = file('/app/render', 'program');

/** A program for glibc and for a processor of the future. */
export const newerProgram = file('/app/render', 'newer');

/** The machine's own glibc with its loader. */
export const glibc: readonly RecipeFile[] = [file(LOADER, 'loader'), file(LIBC, 'libc')];

/** libcorp.so.1 with all versions, and the one that has not got CORP_2.0 yet. */
export const library = file(CORP, 'library');
export const oldLibrary = file(CORP, 'old');
