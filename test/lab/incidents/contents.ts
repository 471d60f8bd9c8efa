import { littleElf } from '../../../adapters/practice/little-elf.ts';
import type { ImageFile } from '../../../adapters/practice/oci-image.ts';
import type { Architecture } from '../debian-binary.ts';
import type { ImageRecipe } from './image-recipe.ts';
import type { Act, ExpectedRemedy, RunOptions, Until } from './incident-case.ts';

/** A static program for that architecture; runs until it is told to end. */
export const program = (architecture: Architecture, message = 'ready'): Uint8Array =>
  littleElf({ architecture, message });

/** A file that may be executed by all. */
export function executable(path: string, content: Uint8Array | string, mode = 0o755): ImageFile {
  return { path, mode, content: typeof content === 'string' ? Buffer.from(content, 'latin1') : content };
}

/** The usual place of the usual program. */
export const render = (architecture: Architecture): ImageFile => executable('/app/render', program(architecture));

/** Instructions of x86-64: exit(status). */
export const exitCode = (status: number) => new Uint8Array([0xbf, status, 0, 0, 0, 0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05]);

/** Push, pull and run one tag, as a deployment does. */
export function deploy(tag: string, image: ImageRecipe, options: RunOptions = {}, until: Until = 'ended'): Act[] {
  return [{ push: tag, image }, { pull: tag }, { run: tag, with: options, until }];
}

/** An image with one program or script as its entrypoint, on a busybox for amd64. */
export function imageOf(file: ImageFile, cmd?: readonly string[]): ImageRecipe {
  return { layers: [[file]], entrypoint: [file.path], ...(cmd && { cmd }) };
}

/** The renderer of the field guide, as each version of it should be. */
export const good: ImageRecipe = { ...imageOf(render('amd64')), createdAt: '2026-10-30T09:12:00.000Z' };

/** An image whose entrypoint is a shell with this command. */
export const shell = (text: string): ImageRecipe => ({ ...good, entrypoint: ['/bin/sh', '-c', text] });

/** The same, built on an ARM64 machine: base, program and metadata are all for ARM64. */
export const onArm: ImageRecipe = { ...imageOf(render('arm64')), claims: 'linux/arm64', base: 'arm64' };

/** Nothing that has to do with platforms or with this node helps. */
export const NO_PLATFORM_REMEDIES: readonly ExpectedRemedy[] = [
  { kind: ['pull-platform', 'schedule-to-arch', 'enable-emulation', 'replace-node'], fit: ['fixes', 'mitigates'] },
  { kind: 'repull', fit: ['fixes', 'mitigates'] },
];

/** The image is right: another one, old or new, would not help. */
export const NO_OTHER_IMAGE: readonly ExpectedRemedy[] = [
  { kind: ['rebuild', 'rollback-to-digest', 'pull-platform'], fit: ['fixes', 'mitigates'] },
];
