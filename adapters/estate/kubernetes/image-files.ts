import type { FileTree } from '../../../src/kernel/file-tree.ts';
import { type Answer, ProbeError } from '../../../src/playbook/answer.ts';
import type { MountFacts } from '../../../src/playbook/evidence.ts';
import { estateFailure } from '../../../src/ports/estate-failure.ts';
import type { OpenedImage } from '../../../src/ports/image-source.ts';

/** What a container sees as far as it can be told without touching the node: its image's files, and where they are hidden. */
export interface ContainerFiles {
  readonly image: Answer<OpenedImage>;
  readonly mounts: readonly MountFacts[];
}

/**
 * The files of a container, out of the registry; opened at the first question. What lies below a volume is not the
 * image's and cannot be read from here: asking for it rejects with ProbeError, like everything that cannot be read.
 */
export function createImageFiles(target: string, open: () => Promise<ContainerFiles>): FileTree {
  let opened: Promise<ContainerFiles> | null = null;
  const at = async (path: string) => {
    opened ??= open();
    const { image, mounts } = await opened;
    const mount = mounts.find(({ destination }) => isBelow(path, destination));
    if (mount) {
      const { kind, destination } = mount;
      const message = `${path} lies in the volume (${kind}) at ${destination}, which hides what the image has there and is not read from here: look with kubectl debug`;
      throw estateFailure(target, 'unsupported', message);
    }
    if (image.kind === 'probe-failed') throw new ProbeError(image.why);
    return image.value.files;
  };
  return {
    lstat: async (path) => (await at(path)).lstat(path),
    read: async (path, offset, length) => (await at(path)).read(path, offset, length),
  };
}

/** Whether a path is a mount point or below it. A mount on the root hides everything and is left to the runtime. */
function isBelow(path: string, destination: string): boolean {
  const folder = destination.replace(/\/+$/, '');
  return folder !== '' && (path === folder || path.startsWith(`${folder}/`));
}
