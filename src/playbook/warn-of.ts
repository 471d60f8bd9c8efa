import { formatPlatform } from '../image/platform.ts';
import type { CheckWarning, PlatformCheck } from './image-check.ts';
import { isUnstated, type PlatformEvidence } from './platform-evidence.ts';

/** What breeds the next incident on one platform, without failing today. */
export function warnOf(evidence: PlatformEvidence, check: PlatformCheck): readonly CheckWarning[] {
  const { image } = evidence;
  const told = image?.kind === 'known' ? image.value : null;
  if (told === null) return [];
  const { claimed, argv, shell, execution } = told;
  const { platform } = check;
  const executed = execution?.kind === 'known' && execution.value.kind === 'executed' ? execution.value : null;
  const warnings: CheckWarning[] = [];
  const warn = (code: CheckWarning['code'], message: string) => warnings.push({ code, platform, message });

  if (isUnstated(claimed)) {
    warn('unknown-platform', 'Its configuration does not say which platform it is for: runtimes take it for any.');
  } else if (check.pass === null && check.error === null) {
    warn('not-judged', check.because);
  }
  const other = [evidence.stated, claimed].find((stated) => stated !== null && differsInVariant(stated, evidence));
  if (other) warn('variant-differs', `The image is for ${formatPlatform(other)}, which is another variant.`);
  if (argv.length === 0) {
    warn('no-entrypoint', 'Neither Entrypoint nor Cmd is set: it runs only where a command is given.');
  }
  if (shell !== null && check.pass) warn('shell-form', shellMessage(evidence));
  const found = executed?.program?.is.architecture ?? null;
  if (check.pass && found !== null && found !== evidence.platform.architecture) {
    const what = `${executed?.program?.name} is for ${found}`;
    warn('compat-binary', `${what}: it runs on ${platform} only where the kernel and CPU run such programs too.`);
  }
  return warnings;
}

/** Both say which variant, and not the same one: `arm/v6` for `arm/v7`. */
function differsInVariant(stated: PlatformEvidence['platform'], { platform }: PlatformEvidence): boolean {
  const same = stated.os === platform.os && stated.architecture === platform.architecture;
  return same && stated.variant !== null && platform.variant !== null && stated.variant !== platform.variant;
}

function shellMessage({ image }: PlatformEvidence): string {
  if (image?.kind !== 'known' || image.value.shell === null) return '';
  const { shell, execution } = image.value;
  const starts = `A shell (${shell.shell}) is executed, and the command is only text to it`;
  const inner = execution?.kind === 'known' && execution.value.kind === 'executed' ? execution.value.inner : null;
  if (inner === null) return `${starts}: what it starts then was not looked at. The exec form ["…"] can be checked.`;
  if (inner.outcome === 'runs')
    return `${starts}; its first word ${shell.program} was looked at too, the rest was not.`;
  return `${starts}; its first word ${shell.program} would not start: ${inner.because}`;
}
