import { viewOf } from '../bytes.ts';
import type { TreeProgram } from '../file-tree.ts';
import type { LoaderRun } from './loader-run.ts';
import { DT, memoryAt, type SharedObject } from './shared-object.ts';

/** What a relocation asks of the symbol it names. */
export type RelocationClass = 'copy' | 'jump-slot' | 'tls' | 'other';

/** A relocation that names a symbol. */
export interface Relocation {
  readonly symbol: number;
  readonly of: RelocationClass;
  /** Whether it belongs to the procedure linkage table, which may be bound when it is first used. */
  readonly lazy: boolean;
}

interface MachineRelocations {
  readonly copy: number;
  readonly jumpSlot: number;
  readonly tls: readonly number[];
}

/** The processor supplements' numbers, by e_machine. Of other machines no symbols are judged. */
const MACHINES: Readonly<Record<number, MachineRelocations>> = {
  3: { copy: 5, jumpSlot: 7, tls: [14, 35, 36, 37, 41] },
  21: { copy: 19, jumpSlot: 21, tls: [68, 73, 78] },
  22: { copy: 9, jumpSlot: 11, tls: [54, 55, 56] },
  40: { copy: 20, jumpSlot: 22, tls: [13, 17, 18, 19] },
  62: { copy: 5, jumpSlot: 7, tls: [16, 17, 18, 36] },
  183: { copy: 1024, jumpSlot: 1026, tls: [1028, 1029, 1030, 1031] },
  243: { copy: 4, jumpSlot: 5, tls: [7, 9, 11, 12] },
  258: { copy: 4, jumpSlot: 5, tls: [7, 9, 11, 13, 14] },
};

/** More relocations than this are not looked at, and then nothing is certain. */
const RELOCATIONS_MAX = 200_000;
const PAGE = 16 * 1024;

const sizeOf = (value: bigint | undefined) => Number(value ?? 0n);

function classOf(machine: MachineRelocations, type: number): RelocationClass {
  if (type === machine.copy) return 'copy';
  if (type === machine.jumpSlot) return 'jump-slot';
  return machine.tls.includes(type) ? 'tls' : 'other';
}

/** One table, from `skip` entries on; those without a symbol are left out. */
function* readTable(
  run: LoaderRun,
  object: SharedObject,
  table: { readonly address: bigint; readonly size: number; readonly addends: boolean; readonly skip: number },
  lazy: boolean,
): TreeProgram<Relocation[]> {
  const machine = MACHINES[object.image.header.machine];
  const wide = run.layout.bits === 64;
  const each = (wide ? 8 : 4) * (table.addends ? 3 : 2);
  const found: Relocation[] = [];
  if (!machine || table.size / each > RELOCATIONS_MAX) run.doubt = true;
  if (!machine || run.doubt) return found;
  const step = Math.floor(PAGE / each) * each;
  for (let done = table.skip * each; done < table.size; done += step) {
    const length = Math.min(step, table.size - done);
    const bytes = yield* memoryAt(run, object, table.address + BigInt(done), length);
    if (bytes.length < length) run.doubt = true;
    const view = viewOf(bytes);
    for (let at = 0; at + each <= bytes.length; at += each) {
      const low = view.getUint32(at + (wide ? 8 : 4), run.layout.little);
      const high = wide ? view.getUint32(at + 12, run.layout.little) : 0;
      const [type, symbol] = !wide ? [low & 0xff, low >>> 8] : run.layout.little ? [low, high] : [high, low];
      if (symbol !== 0 && type !== 0) found.push({ symbol, of: classOf(machine, type), lazy });
    }
  }
  return found;
}

/** Whether relocations of this machine can be judged. */
export const knowsRelocations = (machine: number) => machine in MACHINES;

/** Every relocation of an object that names a symbol: DT_REL, DT_RELA and DT_JMPREL. Relative ones in front are skipped. */
export function* relocationsOf(run: LoaderRun, object: SharedObject, withLazy: boolean): TreeProgram<Relocation[]> {
  const { values } = object.dynamic;
  const all: Relocation[] = [];
  const add = function* (tag: number, sizeTag: number, addends: boolean, lazy: boolean, countTag: number | null) {
    const address = values.get(tag);
    if (address === undefined) return;
    const skip = countTag === null ? 0 : sizeOf(values.get(countTag));
    const table = { address, size: sizeOf(values.get(sizeTag)), addends, skip };
    for (const relocation of yield* readTable(run, object, table, lazy)) all.push(relocation);
  };
  yield* add(DT.RELA, DT.RELASZ, true, false, DT.RELACOUNT);
  yield* add(DT.REL, DT.RELSZ, false, false, DT.RELCOUNT);
  if (withLazy) yield* add(DT.JMPREL, DT.PLTRELSZ, sizeOf(values.get(DT.PLTREL)) === DT.RELA, true, null);
  return all;
}

/** The relocation types that musl knows, by e_machine of the loader (arch/…/reloc.h). */
const MUSL_TYPES: Readonly<Record<number, readonly number[]>> = {
  62: [0, 1, 2, 5, 6, 7, 8, 16, 17, 18, 36],
  183: [0, 257, 1024, 1025, 1026, 1027, 1028, 1029, 1030, 1031],
};

/** Whether a library for another machine begins a table with a relocation that this machine's musl does not know. */
export function* hasForeignRelocation(run: LoaderRun, object: SharedObject): TreeProgram<boolean> {
  const known = MUSL_TYPES[run.loader.image.header.machine];
  const { values } = object.dynamic;
  for (const [tag, sizeTag] of [[DT.RELA, DT.RELASZ] as const, [DT.JMPREL, DT.PLTRELSZ] as const]) {
    const address = values.get(tag);
    if (!known || address === undefined || sizeOf(values.get(sizeTag)) === 0 || run.layout.bits !== 64) continue;
    const first = yield* memoryAt(run, object, address, 16);
    if (
      first.length === 16 &&
      !known.includes(viewOf(first).getUint32(run.layout.little ? 8 : 12, run.layout.little))
    ) {
      return true;
    }
  }
  return false;
}
