import { formatPlatform, type Platform } from '../image/platform.ts';
import type { ImageSource } from '../ports/image-source.ts';

/** Gives the promise that was made for a key, or makes it. */
function remembered<T>(): (key: string, make: () => Promise<T>) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (key, make) => {
    const known = made.get(key) ?? make();
    made.set(key, known);
    return known;
  };
}

/**
 * The same images, each question asked once: for one run, in which two hundred hosts ask for the same tag. Questions end
 * with the signal of whoever asked first, which is the run's.
 */
export function rememberImages(images: ImageSource): ImageSource {
  const resolved = remembered<Awaited<ReturnType<ImageSource['resolve']>>>();
  const opened = remembered<Awaited<ReturnType<ImageSource['open']>>>();
  const listed = remembered<Awaited<ReturnType<ImageSource['tags']>>>();
  const attested = remembered<Awaited<ReturnType<ImageSource['provenance']>>>();
  const openKey = (reference: string, platform: Platform) => `${reference} ${formatPlatform(platform)}`;
  return {
    resolve: (reference, signal) => resolved(reference, () => images.resolve(reference, signal)),
    open: (reference, platform, signal) =>
      opened(openKey(reference, platform), () => images.open(reference, platform, signal)),
    tags: (repository, signal) => listed(repository, () => images.tags(repository, signal)),
    provenance: (reference, digest, signal) =>
      attested(`${reference} ${digest}`, () => images.provenance(reference, digest, signal)),
    withLogins: (logins) => rememberImages(images.withLogins(logins)),
  };
}
