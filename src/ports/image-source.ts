import type { ImageConfig } from '../image/config.ts';
import type { Platform } from '../image/platform.ts';
import type { Provenance } from '../image/provenance.ts';
import type { PublishedImage } from '../image/published.ts';
import type { RegistryLogin } from '../image/registry-login.ts';
import type { FileTree } from '../kernel/file-tree.ts';
import type { Answer } from '../playbook/answer.ts';

/** One platform's image, opened: its files can be read without pulling or running it. */
export interface OpenedImage {
  /** Of its manifest. */
  readonly digest: string;
  readonly config: ImageConfig;
  readonly layers: readonly string[];
  /** The registry or the mirror of it that named the image; absent when it came from elsewhere. */
  readonly servedBy?: string;
  /** What a container made from it would see. Rejects with ProbeError. */
  readonly files: FileTree;
  /**
   * Whether everything that was read of the files so far is what the digests of the layers stand for. Not so after parts
   * of a layer were read without the whole: then the registry was believed.
   */
  verified(): boolean;
  /** Absent where the source knows no layers: an engine unpacks them and shows the whole. */
  readonly byLayer?: LayerView;
}

/** What can be told of an image layer by layer. Rejects with ProbeError. */
export interface LayerView {
  /** The digest of the layer that the file at a physical path comes from; null when no file stands there. */
  layerOf(path: string): Promise<string | null>;
  /** The ELF programs that one of the image's layers holds, at most 1,000, in no order. */
  programsIn(layer: string): Promise<readonly LayerProgram[]>;
}

/** An executable ELF file of a layer. */
export interface LayerProgram {
  /** Absolute, as the layer has it. */
  readonly path: string;
  /** GOARCH; null when it has no such name. */
  readonly architecture: string | null;
}

/** Images where they are published. References are as Docker writes them. */
export interface ImageSource {
  resolve(reference: string, signal: AbortSignal): Promise<Answer<PublishedImage>>;
  /** Opens the image for a platform: the fitting entry of an index, or the manifest itself whatever it says. */
  open(reference: string, platform: Platform, signal: AbortSignal): Promise<Answer<OpenedImage>>;
  /** The tags of a repository, at most 1,000, in the registry's order. */
  tags(repository: string, signal: AbortSignal): Promise<Answer<readonly string[]>>;
  /**
   * How one image of a reference was built, as its builder states it; null when nobody does. `digest` is that of the
   * image's manifest, `reference` best the index it stands in.
   */
  provenance(reference: string, digest: string, signal: AbortSignal): Promise<Answer<Provenance | null>>;
  /** The same images, read with these logins before those that are configured: a pod's pull secrets. */
  withLogins(logins: readonly RegistryLogin[]): ImageSource;
}
