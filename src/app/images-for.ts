import type { Answer } from '../playbook/answer.ts';
import type { Place } from '../playbook/place.ts';
import type { Estate } from '../ports/estate.ts';
import type { ImageSource } from '../ports/image-source.ts';

/** The registries as an instance's node would see them; as they are configured where the estate knows nothing better. */
export function imagesFor(configured: ImageSource, estate: Estate, place: Place, signal: AbortSignal): ImageSource {
  if (!estate.images) return configured;
  let own: Promise<ImageSource> | null = null;
  const through = async <T>(ask: (images: ImageSource) => Promise<Answer<T>>): Promise<Answer<T>> => {
    own ??= ownOrConfigured();
    return ask(await own);
  };
  return {
    resolve: (reference, until) => through((images) => images.resolve(reference, until)),
    open: (reference, platform, until) => through((images) => images.open(reference, platform, until)),
    tags: (repository, until) => through((images) => images.tags(repository, until)),
    provenance: (reference, digest, until) => through((images) => images.provenance(reference, digest, until)),
    withLogins: (logins) => configured.withLogins(logins),
  };

  async function ownOrConfigured(): Promise<ImageSource> {
    const answer = await estate.images?.(place, signal);
    return answer?.kind === 'known' ? answer.value : configured;
  }
}
