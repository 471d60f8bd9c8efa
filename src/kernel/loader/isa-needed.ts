import { viewOf } from '../bytes.ts';
import { type ProgramHeader, PT_GNU_PROPERTY } from '../elf.ts';
import type { Ending } from '../ending.ts';
import type { TreeProgram } from '../file-tree.ts';
import { givesUp } from './gives-up.ts';
import type { GlibcGraph } from './glibc-graph.ts';
import type { LoaderRun } from './loader-run.ts';
import { memoryAt, type SharedObject } from './shared-object.ts';

const PT_NOTE = 4;
const EM_X86_64 = 62;
const NT_GNU_PROPERTY_TYPE_0 = 5;
const ISA_1_NEEDED = 0xc0008002;
const NOTE_MAX = 4096;
const GNU = 0x554e47;
/** glibc checks since 2.33. */
const SINCE = 33;

/** The note that one segment holds, as level: bit n of GNU_PROPERTY_X86_ISA_1_NEEDED is x86-64-v(n+1). */
function levelIn(note: Uint8Array, align: number): number | null {
  const view = viewOf(note);
  const up = (value: number) => Math.ceil(value / align) * align;
  for (let at = 0; at + 16 <= note.length; ) {
    const [nameSize, size, type] = [
      view.getUint32(at, true),
      view.getUint32(at + 4, true),
      view.getUint32(at + 8, true),
    ];
    if (nameSize === 4 && type === NT_GNU_PROPERTY_TYPE_0 && view.getUint32(at + 12, true) === GNU) {
      return levelAmong(view, at + 16, Math.min(at + 16 + size, note.length), size, align);
    }
    at = up(at + 12 + nameSize);
    at = up(at + size);
  }
  return null;
}

function levelAmong(view: DataView, start: number, end: number, size: number, align: number): number | null {
  if (size < 8 || size % align !== 0) return null;
  let last = 0;
  for (let at = start; at + 8 <= end; ) {
    const type = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    if (type < last || at + 8 + length > end) return null;
    last = type;
    if (type === ISA_1_NEEDED) return length === 4 ? 32 - Math.clz32(view.getUint32(at + 8, true)) : null;
    at += 8 + Math.ceil(length / align) * align;
  }
  return null;
}

/** The x86-64-vn that an object says it needs; null when it does not say (sysdeps/x86/dl-prop.h). */
function* levelNeeded(run: LoaderRun, object: SharedObject): TreeProgram<number | null> {
  const align = BigInt(run.layout.bits / 8);
  const holds = (segment: ProgramHeader) => segment.type === PT_NOTE || segment.type === PT_GNU_PROPERTY;
  for (const segment of object.image.segments.toReversed()) {
    if (!holds(segment) || segment.align !== align) continue;
    const size = segment.memsz > BigInt(NOTE_MAX) ? NOTE_MAX : Number(segment.memsz);
    const level = levelIn(yield* memoryAt(run, object, segment.vaddr, size), Number(align));
    if (level !== null) return level;
  }
  return null;
}

/** The first object that wants a newer processor than the host's: glibc exits with 127. Null when the level is unknown. */
export function* isaFault(graph: GlibcGraph, cpuLevel: number | null): TreeProgram<Ending | null> {
  const { run, kind } = graph.search;
  if (cpuLevel === null || run.layout.bits !== 64 || graph.main.image.header.machine !== EM_X86_64) return null;
  if ((kind.minor ?? 0) < SINCE) return null;
  for (const object of graph.objects.toReversed()) {
    const level = object === graph.loader ? null : yield* levelNeeded(run, object);
    if (level === null || level <= cpuLevel || run.doubt) continue;
    const because = `${object.name} is built for x86-64-v${level}, but the host's processor has only x86-64-v${cpuLevel}: the loader says "CPU ISA level is lower than required".`;
    return givesUp(object.name, 'cpu-level', because);
  }
  return null;
}
