import { z } from 'zod';
import type { ImageTree } from './image-tree.ts';
import { formatReference, parseReference } from './reference.ts';

const strings = z.array(z.string()).nullish();

/** An image's configuration as far as the engine needs it (OCI image-spec config.md). */
export const imageConfigSchema = z.object({
  created: z.string().default('0001-01-01T00:00:00Z'),
  architecture: z.string(),
  os: z.string(),
  variant: z.string().nullish(),
  config: z
    .object({
      User: z.string().nullish(),
      Env: strings,
      Entrypoint: strings,
      Cmd: strings,
      WorkingDir: z.string().nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .default({}),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
});

/** An image in the local store. `id` is the digest of its configuration. */
export interface StoredImage {
  readonly id: string;
  readonly config: z.infer<typeof imageConfigSchema>;
  readonly tree: ImageTree;
  /** `repository:tag` and `repository@digest`. */
  readonly references: Set<string>;
}

/** The engine's local images. */
export class ImageStore {
  readonly #images = new Map<string, StoredImage>();

  get size(): number {
    return this.#images.size;
  }

  get(id: string): StoredImage | null {
    return this.#images.get(id) ?? null;
  }

  /** By id, by `repository[:tag][@digest]`, or by the beginning of an id. */
  find(text: string): StoredImage | null {
    const exact = this.#images.get(text);
    if (exact) return exact;
    const reference = formatReference(parseReference(text));
    const prefix = `sha256:${text.replace(/^sha256:/, '')}`;
    const isPrefix = /^[0-9a-f]{4,64}$/.test(prefix.slice(7));
    for (const image of this.#images.values()) {
      if (image.references.has(reference) || (isPrefix && image.id.startsWith(prefix))) return image;
    }
    return null;
  }

  /** Adds an image, or the names of one that is there. A tag moves to it from the image that had it. */
  add(image: Omit<StoredImage, 'references'>, names: readonly string[]): StoredImage {
    const stored = this.#images.get(image.id) ?? { ...image, references: new Set<string>() };
    this.#images.set(stored.id, stored);
    for (const name of names) {
      for (const other of this.#images.values()) if (!name.includes('@')) other.references.delete(name);
      stored.references.add(name);
    }
    return stored;
  }

  /** Newest first, as the engine lists them. */
  list(): StoredImage[] {
    return [...this.#images.values()].sort((a, b) => Date.parse(b.config.created) - Date.parse(a.config.created));
  }

  clear(): void {
    this.#images.clear();
  }
}
