import { parseImageName } from '../../image/image-name.ts';
import { formatPlatform, type Platform } from '../../image/platform.ts';
import { parseReference, type Reference } from '../../image/reference.ts';
import type { Intent, IntentReply } from '../../ports/application.ts';
import type { Card } from '../../view/card.ts';
import { checkCard } from '../../view/check-card.ts';
import { privateCard } from '../../view/private-card.ts';
import { describeError } from '../describe-error.ts';
import { canTell, tellPerson } from '../tell-person.ts';
import type { Desk } from './desk.ts';

/** What is read within this time is answered at once. Milliseconds. */
const AT_ONCE_MS = 1_500;
/** Where nothing can be told later the answer is waited for, no longer than this. */
const PATIENCE_MS = 55_000;

/**
 * `check IMAGE [PLATFORM…]`: the pipeline guard, in the chat, for the person who asks alone. It takes seconds to minutes: where
 * the chat can tell that person something later, the answer is that it is under way, and the result follows.
 */
export async function checkCommand(
  desk: Desk,
  intent: Intent,
  typed: string,
  platforms: readonly Platform[],
): Promise<IntentReply> {
  const { deps, checks, signal } = desk;
  const named = readImage(desk, typed);
  if ('why' in named) return privately(privateCard(`${typed} cannot be checked here`, named.why));
  const { image, meant } = named;
  const listed = platforms.length === 0 && meant.length > 0;
  const asked = checks.ask({ ...named, reference: image, platforms });
  if (!asked) {
    const why = 'Too many images are being checked at the moment. Ask again in a minute.';
    return privately(privateCard(`${image} is not checked yet`, why, [commandOf(typed, platforms)]));
  }
  const done = asked.then((check) => checkCard(check, platforms, listed));
  const later = canTell(deps, intent.conversation);
  const early = await Promise.race([done, deps.clock.sleep(later ? AT_ONCE_MS : PATIENCE_MS, signal).then(() => null)]);
  if (early) return privately(early);
  if (later) void tellLater(desk, intent, image, done);
  const how = later
    ? 'Its layers are being read. The result is told here, to you alone.'
    : 'It takes longer than a minute. Ask again: what was read already is remembered.';
  const retry = later ? [] : [commandOf(typed, platforms)];
  return privately(privateCard(`Checking ${image}`, how, retry, 'working'));
}

/** Never rejects: nobody waits for it. */
async function tellLater(
  { deps }: Desk,
  { by, conversation }: Intent,
  image: string,
  done: Promise<Card>,
): Promise<void> {
  const broken = (error: unknown) => {
    deps.log.error({ image, error: describeError(error) }, 'the check of an image broke down');
    return privateCard(`${image} could not be checked`, 'execfmt broke down over it; the log says why.');
  };
  const card = await done.catch(broken);
  await tellPerson(deps, by, conversation, card).catch(broken);
}

interface NamedImage {
  readonly image: string;
  readonly moves: boolean;
  /** The platforms that the services of its repository are meant for; none where none are configured. */
  readonly meant: readonly Platform[];
}

/** The image that is meant: a reference, or a service of the configuration with or without a tag. Files are for the terminal. */
function readImage({ deps }: Desk, typed: string): NamedImage | { readonly why: string } {
  const [, word = typed, rest = ''] = /^([^/:@]+)([:@].*)?$/.exec(typed) ?? [];
  const repository = deps.services.get(word)?.image;
  const name = parseImageName(repository ? `${repository}${rest}` : typed);
  if (name.kind === 'invalid') return { why: `${name.reason}.` };
  if (name.name.kind !== 'registry') {
    return {
      why: 'In a chat only images in registries can be checked. For files and engines there is `execfmt check` in a terminal.',
    };
  }
  const parsed = parseReference(name.name.reference);
  if (parsed.kind === 'invalid') return { why: `It is no image reference: ${parsed.reason}.` };
  return {
    image: name.name.reference,
    moves: parsed.reference.digest === null,
    meant: meantFor(deps, parsed.reference),
  };
}

/** Of all services whose image comes from that repository. */
function meantFor({ services }: Desk['deps'], { registry, repository }: Reference): readonly Platform[] {
  const own = [...services.values()].filter(({ image }) => {
    const parsed = image === null ? null : parseReference(image);
    if (parsed?.kind !== 'reference') return false;
    return parsed.reference.registry === registry && parsed.reference.repository === repository;
  });
  const platforms = own.flatMap((service) => service.platforms);
  return [...new Map(platforms.map((platform) => [formatPlatform(platform), platform])).values()];
}

const commandOf = (typed: string, platforms: readonly Platform[]) =>
  ['/execfmt check', typed, ...platforms.map(formatPlatform)].join(' ');

const privately = (card: Card): IntentReply => ({ kind: 'private', card });
