import { littleElf } from '../../../adapters/practice/little-elf.ts';
import type { ImageFile } from '../../../adapters/practice/oci-image.ts';
import type { Architecture } from '../debian-binary.ts';

/** A static program for that architecture; runs until it is told to end. */
export const program = (architecture: Architecture): Uint8Array => littleElf({ architecture, message: 'ready' });

/** A file that may be executed by all. */
export function executable(path: string, content: Uint8Array | string, mode = 0o755): ImageFile {
  return { path, mode, content: typeof content === 'string' ? Buffer.from(content, 'latin1') : content };
}

/** The usual place of the usual program. */
export const render = (architecture: Architecture): ImageFile => executable('/app/render', program(architecture));

/** Instructions of x86-64: exit(status). */
export const exitCode = (status: number) => new Uint8Array([0xbf, status, 0, 0, 0, 0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05]);
