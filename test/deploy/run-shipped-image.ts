import { once } from 'node:events';
import type Docker from 'dockerode';
import { extract } from 'tar-stream';
import type { ShippedImage } from './build-shipped-image.ts';

/** A file, folder or link of the image. */
export interface Entry {
  readonly name: string;
  readonly mode: number;
  readonly isFile: boolean;
  /** The first four bytes. */
  readonly start: string;
}

/** What every container of the image is started with, as docs/install.md says. */
export const RESTRICTED = {
  ReadonlyRootfs: true,
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  Tmpfs: { '/tmp': '' },
};

export interface RunOptions {
  readonly Entrypoint?: string[];
  readonly Binds?: string[];
  /** Without one there is no network. */
  readonly NetworkMode?: string;
}

/** Runs a command of the image to its end under those restrictions; gives its exit status and both streams. */
export async function runOnce({ docker, tag }: ShippedImage, Cmd: string[], options: RunOptions = {}) {
  const { Entrypoint, Binds = [], NetworkMode = 'none' } = options;
  const HostConfig = { ...RESTRICTED, Binds, NetworkMode };
  const container = await docker.createContainer({
    Image: tag,
    Cmd,
    HostConfig,
    ...(Entrypoint ? { Entrypoint } : {}),
  });
  try {
    await container.start();
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    return { status: StatusCode, output: await logOf(container) };
  } finally {
    await container.remove({ force: true, v: true });
  }
}

/** Both streams' text; each frame has a header of eight bytes (Docker Engine API, attach). */
export async function logOf(container: Docker.Container): Promise<string> {
  const framed = (await container.logs({ stdout: true, stderr: true, follow: false })) as Buffer;
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= framed.length; ) {
    const length = framed.readUInt32BE(at + 4);
    parts.push(framed.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString();
}

/** Everything that a container of the image would see. */
export async function filesOf({ docker, tag }: ShippedImage): Promise<Entry[]> {
  const container = await docker.createContainer({ Image: tag });
  const entries: Entry[] = [];
  try {
    const reader = extract();
    reader.on('entry', (header, stream, next) => {
      let start = Buffer.alloc(0);
      stream.on('data', (data: unknown) => {
        const chunk = data as Buffer;
        if (start.length < 4) start = Buffer.concat([start, chunk.subarray(0, 4)]);
      });
      stream.on('end', () => {
        const name = header.name.replace(/^\.\//, '');
        const isFile = header.type === 'file';
        entries.push({ name, mode: header.mode ?? 0, isFile, start: start.subarray(0, 4).toString('hex') });
        next();
      });
    });
    const exported = await container.export();
    exported.pipe(reader);
    await once(reader, 'finish');
    return entries;
  } finally {
    await container.remove({ force: true, v: true });
  }
}
