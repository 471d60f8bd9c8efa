import type { Platform } from '../../src/image/platform.ts';
import type { FileIdentity } from '../../src/kernel/identify-file.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { known } from '../../src/playbook/answer.ts';
import type { Execution, ImageEvidence, PlatformEvidence } from '../../src/playbook/platform-evidence.ts';
import { AMD64, ARM64 } from './incident.ts';
import { accepted } from './sample-evidence.ts';

export const UNKNOWN: Platform = { os: 'unknown', architecture: 'unknown', variant: null };
export const WINDOWS: Platform = { ...AMD64, os: 'windows' };
export const ARM_V6: Platform = { ...AMD64, architecture: 'arm', variant: 'v6' };
export const ARM_V7: Platform = { ...ARM_V6, variant: 'v7' };
export const DIGEST = `sha256:${'1'.repeat(64)}`;
export const SHARED = { digest: `sha256:${'abc'.repeat(20)}abcd`, with: ['linux/arm64', 'linux/s390x'] };
export const SHELL = { shell: '/bin/sh', program: '/app/render', alone: true };

export const elf = (architecture: string): FileIdentity => ({
  kind: 'elf',
  what: `ELF for ${architecture}`,
  architecture,
});
type Executed = Extract<Execution, { kind: 'executed' }>;
export const executed = (outcome: Outcome = accepted, more: Partial<Executed> = {}): ImageEvidence['execution'] =>
  known({
    kind: 'executed',
    outcome,
    inner: null,
    program: { name: '/app/render', is: elf('amd64') },
    sharedLayer: null,
    ...more,
  });

/** One entry of an index for amd64 with an image that runs, unless it is told otherwise. */
export function published(image: Partial<ImageEvidence> = {}, rest: Partial<PlatformEvidence> = {}): PlatformEvidence {
  const usual = { claimed: AMD64, argv: ['/app/render'], shell: null, execution: executed() };
  return {
    platform: AMD64,
    kind: 'index',
    published: [AMD64, ARM64],
    digest: DIGEST,
    stated: AMD64,
    image: known({ ...usual, ...image }),
    ...rest,
  };
}
export const single = (image: Partial<ImageEvidence>) => published(image, { kind: 'manifest', stated: null });
