import { describe, expect, it } from 'vitest';
import type { Platform } from '../../src/image/platform.ts';
import type { PublishedImage } from '../../src/image/published.ts';
import { failed } from '../../src/playbook/answer.ts';
import type { WarningCode } from '../../src/playbook/image-check.ts';
import { judgePlatform } from '../../src/playbook/judge-platform.ts';
import type { PlatformEvidence } from '../../src/playbook/platform-evidence.ts';
import { warnOf } from '../../src/playbook/warn-of.ts';
import { warnOfReference } from '../../src/playbook/warn-of-reference.ts';
import { AMD64, refused } from './incident.ts';
import { ARM_V6, ARM_V7, DIGEST, elf, executed, published, SHELL, UNKNOWN, WINDOWS } from './published-platform.ts';
import { accepted } from './sample-evidence.ts';

const denied = failed('denied', 'registry.corp.io', 'It asks for a login.');

describe('what breeds the next incident without failing today', () => {
  const warn = (evidence: PlatformEvidence) => warnOf(evidence, judgePlatform(evidence));
  it.each<[string, PlatformEvidence, WarningCode, string]>([
    [
      'an image that does not say what it is for',
      published({ claimed: UNKNOWN }),
      'unknown-platform',
      'Its configuration does not say which platform it is for: runtimes take it for any.',
    ],
    [
      'an image of another system, which nobody judged',
      published({ claimed: WINDOWS, execution: null }, { platform: WINDOWS, stated: WINDOWS }),
      'not-judged',
      'It is published; whether it runs is not judged: the rules are those of Linux, this is for windows.',
    ],
    [
      'an image for another variant by the index',
      published(
        { claimed: ARM_V7, execution: executed(accepted, { program: null }) },
        { platform: ARM_V7, stated: ARM_V6 },
      ),
      'variant-differs',
      'The image is for linux/arm/v6, which is another variant.',
    ],
    [
      'an image for another variant by its configuration',
      published(
        { claimed: ARM_V6, execution: executed(accepted, { program: null }) },
        { platform: ARM_V7, stated: null },
      ),
      'variant-differs',
      'The image is for linux/arm/v6, which is another variant.',
    ],
    [
      'an image without a command',
      published({ argv: [], execution: null }),
      'no-entrypoint',
      'Neither Entrypoint nor Cmd is set: it runs only where a command is given.',
    ],
    [
      'a command that is only text to a shell',
      published({ shell: SHELL }),
      'shell-form',
      'A shell (/bin/sh) is executed, and the command is only text to it: what it starts then was not looked at. The exec form ["…"] can be checked.',
    ],
    [
      'a command of which a shell reads the first word',
      published({ shell: SHELL, execution: executed(accepted, { inner: accepted }) }),
      'shell-form',
      'A shell (/bin/sh) is executed, and the command is only text to it; its first word /app/render was looked at too, the rest was not.',
    ],
    [
      'a command of which the first word would not start',
      published({
        shell: { ...SHELL, alone: false },
        execution: executed(accepted, { inner: refused('ENOEXEC', 'empty-file') }),
      }),
      'shell-form',
      'A shell (/bin/sh) is executed, and the command is only text to it; its first word /app/render would not start: /app/render is refused.',
    ],
    [
      'a program of another architecture that the kernel runs, too',
      published({ execution: executed(accepted, { program: { name: '/app/render', is: elf('386') } }) }),
      'compat-binary',
      '/app/render is for 386: it runs on linux/amd64 only where the kernel and CPU run such programs too.',
    ],
  ])('is %s', (_what, evidence, code, message) => {
    expect(warn(evidence)).toEqual([{ code, platform: judgePlatform(evidence).platform, message }]);
  });

  it.each<[string, PlatformEvidence]>([
    ['an image that fits', published()],
    ['an image that is not there', published({}, { image: null })],
    ['an image that cannot be read', published({}, { image: denied })],
    ['files that cannot be read: that is an error already', published({ execution: denied })],
    [
      'a platform that states no variant',
      published(
        { claimed: ARM_V7, execution: executed(accepted, { program: null }) },
        { platform: { ...ARM_V7, variant: null }, stated: ARM_V7 },
      ),
    ],
    [
      'an image that states no variant',
      published(
        { claimed: { ...ARM_V7, variant: null }, execution: executed(accepted, { program: null }) },
        { platform: ARM_V7, stated: null },
      ),
    ],
    [
      'a shell that fails already',
      published({ shell: SHELL, execution: executed(accepted, { inner: refused('ENOEXEC', 'wrong-arch-binary') }) }),
    ],
    [
      'a foreign program that fails already',
      published({
        execution: executed(refused('ENOEXEC', 'wrong-arch-binary'), {
          program: { name: '/app/render', is: elf('arm64') },
        }),
      }),
    ],
    ['a script, which has no architecture', published({ execution: executed(accepted, { program: null }) })],
  ])('is not %s', (_what, evidence) => expect(warn(evidence)).toEqual([]));
});

describe('what breeds the next incident in the reference itself', () => {
  const reference = (kind: 'index' | 'manifest', ...platforms: (Platform | null)[]): PublishedImage => ({
    reference: 'r:v3',
    digest: DIGEST,
    mediaType: 'm',
    kind,
    entries: platforms.map((platform) => ({ platform, digest: DIGEST })),
  });
  const checks = [judgePlatform(published())];
  const message = (is: string) =>
    `The tag names a single image for ${is}, not an index: other hosts pull it without a warning and fail when they execute it. Push an index, also for one platform.`;

  it.each<[string, PublishedImage, string]>([
    ['a tag that names a single image', reference('manifest', ARM_V7), 'linux/arm/v7'],
    ['also one that states no platform', reference('manifest', null), 'one platform, which it does not state'],
    ['also one whose platform is unknown', reference('manifest', UNKNOWN), 'one platform, which it does not state'],
    ['also an empty one', reference('manifest'), 'one platform, which it does not state'],
  ])('is %s', (_what, image, is) => {
    expect(warnOfReference(true, image, checks)).toEqual([
      { code: 'single-platform-tag', platform: null, message: message(is) },
    ]);
  });

  it('is a platform that an index lists twice: the first one counts', () => {
    const twice = reference('index', AMD64, ARM_V7, AMD64, ARM_V6, AMD64, null, null, WINDOWS, WINDOWS);
    expect(warnOfReference(true, twice, checks)).toEqual([
      {
        code: 'duplicate-platform',
        platform: 'linux/amd64',
        message: 'The index lists this platform more than once: runtimes take the first one.',
      },
    ]);
  });

  it.each<[string, boolean, PublishedImage, typeof checks]>([
    ['a digest, which cannot move', false, reference('manifest', AMD64), checks],
    ['an image of which nothing was checked', true, reference('manifest', AMD64), []],
    ['an index', true, reference('index', AMD64, ARM_V7), checks],
    ['a manifest that is told twice', false, reference('manifest', AMD64, AMD64), checks],
  ])('is not %s', (_what, moves, image, looked) => expect(warnOfReference(moves, image, looked)).toEqual([]));
});
