import { ET_DYN, PT_DYNAMIC, PT_LOAD } from '../elf.ts';
import { type Ending, type ExecContext, killed } from '../ending.ts';
import { lstat, type TreeProgram } from '../file-tree.ts';
import { loadGlibcGraph } from './glibc-graph.ts';
import { glibcSymbolFault } from './glibc-symbols.ts';
import { versionFault } from './glibc-versions.ts';
import { isaFault } from './isa-needed.ts';
import { type LoaderKind, loaderKind } from './loader-kind.ts';
import { type LoaderRun, type LoaderStart, startRun } from './loader-run.ts';
import { loadMuslGraph } from './musl-graph.ts';
import { muslSymbolFault } from './musl-symbols.ts';
import { knowsRelocations } from './relocations.ts';

const PT_PHDR = 6;
const SIGSEGV = 139;
/** S_ISUID and S_ISGID. */
const SET_ID = 0o6000;

/** Program headers that both loaders take for granted: without them they read at address 0. */
function crashes(run: LoaderRun): Ending | null {
  const { header, segments } = run.image;
  const has = (type: number) => segments.some((segment) => segment.type === type);
  const { name } = run.program;
  const killedFor = (why: string) =>
    killed(name, SIGSEGV, 'not-exec-format', `${name} ${why}: its loader ${run.loader.file.name} crashes.`, null);
  if (!has(PT_DYNAMIC)) return killedFor('names a loader but has no dynamic section');
  if (header.type !== ET_DYN || has(PT_PHDR)) return null;
  return killedFor('is position-independent but has no PT_PHDR that tells where it lies');
}

/** Whether the program may run with more rights than its user has: then loaders trust fewer run paths. */
function* isPrivileged(run: LoaderRun): TreeProgram<boolean> {
  const { path } = run.program;
  if (path === null || run.context.who.uid === 0) return false;
  return (((yield* lstat(path))?.mode ?? 0) & SET_ID) !== 0;
}

function* glibcFault(run: LoaderRun, kind: LoaderKind & { kind: 'glibc' }): TreeProgram<Ending | null> {
  const graph = yield* loadGlibcGraph({ run, kind, directories: new Map(), cache: undefined });
  if (!graph || 'outcome' in graph || run.doubt) return graph && 'outcome' in graph ? graph : null;
  const fault = (yield* versionFault(graph)) ?? (yield* isaFault(graph, run.cpuLevel));
  if (fault || run.doubt || !knowsRelocations(run.image.header.machine)) return fault;
  return yield* glibcSymbolFault(graph);
}

function* muslFault(run: LoaderRun, kind: LoaderKind & { kind: 'musl' }): TreeProgram<Ending | null> {
  const graph = yield* loadMuslGraph(run, kind);
  if (!graph || 'outcome' in graph) return graph;
  if (graph.first || run.doubt || !knowsRelocations(run.image.header.machine)) return graph.first;
  return yield* muslSymbolFault(graph);
}

/**
 * What stops a dynamic loader that got control from starting its program: a library or a symbol version that is
 * missing, a bad library, an undefined symbol. Null when nothing does that is certain; an unknown loader is never
 * judged. LD_LIBRARY_PATH and LD_PRELOAD are not known here: without them the answer is certain.
 */
export function* loaderFault(start: LoaderStart, context: ExecContext): TreeProgram<Ending | null> {
  const run = startRun(start, context);
  if (yield* isPrivileged(run)) return null;
  const kind = yield* loaderKind(run);
  const { segments, fileSize } = run.image;
  const cutOff = segments.some((each) => each.type === PT_LOAD && each.offset + each.filesz > fileSize);
  if (!kind || cutOff || run.doubt) return null;
  const crash = crashes(run);
  if (crash) return crash;
  const fault = kind.kind === 'glibc' ? yield* glibcFault(run, kind) : yield* muslFault(run, kind);
  return run.doubt ? null : fault;
}
