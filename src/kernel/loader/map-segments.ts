import { type ProgramHeader, PT_DYNAMIC, PT_LOAD } from '../elf.ts';
import type { Image } from '../elf-image.ts';
import { type Ending, killed, type OpenedFile } from '../ending.ts';
import type { TreeProgram } from '../file-tree.ts';
import type { LoaderRun } from './loader-run.ts';
import { whatIs } from './open-library.ts';

const SIGBUS = 135;
/** Linkers make no larger libraries; what becomes of one is not modelled. */
const SPAN_MAX = 1n << 32n;

/** Whether the segments are as linkers make them: in order, apart, and of a size that can be mapped. */
function areOrdinary(loads: readonly ProgramHeader[]): boolean {
  return loads.every(({ vaddr, memsz, filesz, offset }, i) => {
    const next = loads[i + 1];
    const small = vaddr < SPAN_MAX && memsz < SPAN_MAX && offset < SPAN_MAX;
    return small && filesz <= memsz && (!next || vaddr + memsz <= next.vaddr);
  });
}

/** The segment that holds the dynamic section, when the file ends before the page in which that begins. */
function lacksDynamic(image: Image, page: bigint): boolean {
  const dynamic = image.segments.findLast((each) => each.type === PT_DYNAMIC);
  if (!dynamic) return false;
  const holder = image.segments.find(
    ({ type, vaddr, filesz }) => type === PT_LOAD && dynamic.vaddr >= vaddr && dynamic.vaddr < vaddr + filesz,
  );
  if (!holder) return false;
  const offset = holder.offset + dynamic.vaddr - holder.vaddr;
  return offset - (offset % page) >= image.fileSize;
}

/**
 * What becomes of a library once its segments are mapped: a file that ends before its dynamic section kills the loader
 * by SIGBUS. One that is cut elsewhere, or laid out as no linker does, makes the run doubtful.
 */
export function* mappedFault(
  run: LoaderRun,
  name: string,
  needs: string,
  file: OpenedFile,
  image: Image,
): TreeProgram<Ending | null> {
  const loads = image.segments.filter((each) => each.type === PT_LOAD);
  if (!areOrdinary(loads)) run.doubt = true;
  if (run.doubt || !loads.some((each) => each.offset + each.filesz > image.fileSize)) return null;
  if (!lacksDynamic(image, run.page)) {
    run.doubt = true;
    return null;
  }
  const what = yield* whatIs(run, file);
  const because = `${needs}, but ${file.name} is cut off: the loader is killed when it reads what is missing.`;
  return killed(name, SIGBUS, 'truncated-binary', because, what);
}
