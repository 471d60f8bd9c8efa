import { untilNul, viewOf } from './bytes.ts';
import { readAt, type TreeProgram } from './file-tree.ts';

const SHT_ARM_ATTRIBUTES = 0x70000003;
const SECTION_SIZE = 40;
const MOST_SECTIONS = 256;
const LARGEST = 4096;
const FORMAT_VERSION = 0x41;
const TAG_FILE = 1;
const TAG_CPU_ARCH = 6;
/** Tags whose value is text: CPU names, compatibility, also-compatible, conformance; above 32 the odd ones. */
const isText = (tag: number) =>
  tag === 4 || tag === 5 || tag === 32 || tag === 65 || tag === 67 || (tag > 32 && tag % 2 === 1);

/** The architecture's number by Tag_CPU_arch (Addenda to the ABI for the Arm Architecture, 3.3.6.2). Microcontrollers are left out. */
const VERSIONS: Readonly<Record<number, number>> = {
  1: 4,
  2: 4,
  3: 5,
  4: 5,
  5: 5,
  6: 6,
  7: 6,
  8: 6,
  9: 6,
  10: 7,
  14: 8,
  22: 9,
};

/** Reads tags and values, at most as many as there are bytes. */
function cpuArch(bytes: Uint8Array): number | null {
  let at = 0;
  const uleb = (): number => {
    let value = 0;
    for (let shift = 0; at < bytes.length && shift < 28; shift += 7) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = uleb();
    if (tag === TAG_CPU_ARCH) return VERSIONS[uleb()] ?? null;
    if (tag === 32) uleb();
    if (isText(tag)) at += untilNul(bytes.subarray(at)).length + 1;
    else uleb();
  }
  return null;
}

/** Of a section in its one format: the `aeabi` vendor's tags of the whole file. */
function levelIn(section: Uint8Array): number | null {
  if (section.length < 16 || section[0] !== FORMAT_VERSION) return null;
  const view = viewOf(section);
  const length = Math.min(view.getUint32(1, true) + 1, section.length);
  const vendor = untilNul(section.subarray(5, length));
  const at = 5 + vendor.length + 1;
  if (at + 5 > length || section[at] !== TAG_FILE) return null;
  return cpuArch(section.subarray(at + 5, Math.min(at + view.getUint32(at + 1, true), length)));
}

/**
 * The Arm architecture that a little-endian 32-bit program says it was built for, 4 to 9; null when it does not say. What
 * it says stands in its sections, which the kernel never reads.
 */
export function* armLevelNeeded(path: string, size: number): TreeProgram<number | null> {
  const header = yield* readAt(path, 0, 52);
  if (header.length < 52) return null;
  const view = viewOf(header);
  const offset = view.getUint32(32, true);
  const count = Math.min(view.getUint16(48, true), MOST_SECTIONS);
  if (view.getUint16(46, true) !== SECTION_SIZE || offset + count * SECTION_SIZE > size) return null;
  const table = viewOf(yield* readAt(path, offset, count * SECTION_SIZE));
  for (let at = 0; at + SECTION_SIZE <= table.byteLength; at += SECTION_SIZE) {
    if (table.getUint32(at + 4, true) !== SHT_ARM_ATTRIBUTES) continue;
    const length = Math.min(table.getUint32(at + 20, true), LARGEST);
    return levelIn(yield* readAt(path, table.getUint32(at + 16, true), length));
  }
  return null;
}
