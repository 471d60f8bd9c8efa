/** A platform by the names of the OCI image specification (GOOS, GOARCH, variant). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | null;
}

/** Machine names of uname(2), Debian and others, by their GOARCH name and variant. */
const MACHINE_NAMES: Readonly<Record<string, readonly [string, string | null]>> = {
  x86_64: ['amd64', null],
  'x86-64': ['amd64', null],
  aarch64: ['arm64', null],
  armv8l: ['arm', 'v8'],
  armv7l: ['arm', 'v7'],
  armhf: ['arm', 'v7'],
  armv6l: ['arm', 'v6'],
  armel: ['arm', 'v6'],
  armv5tel: ['arm', 'v5'],
  i386: ['386', null],
  i486: ['386', null],
  i586: ['386', null],
  i686: ['386', null],
  x86: ['386', null],
  ppc64el: ['ppc64le', null],
  loongarch64: ['loong64', null],
  mips64: ['mips64', null],
};

/**
 * The GOARCH name of a machine as `uname -m`, `docker info` or an image's metadata calls it. Names that are GOARCH
 * already, and unknown ones, come back as they are, in lower case.
 */
export function architectureOf(machine: string): { architecture: string; variant: string | null } {
  const name = machine.trim().toLowerCase();
  const known = Object.hasOwn(MACHINE_NAMES, name) ? MACHINE_NAMES[name] : undefined;
  return known ? { architecture: known[0], variant: known[1] } : { architecture: name, variant: null };
}

/** `linux/arm/v7`, as Docker writes it. */
export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part).join('/');
}

/** Reads `os/arch[/variant]`; null when it is none. Machine names (`linux/x86_64`) are normalised. */
export function parsePlatform(text: string): Platform | null {
  const [os, machine, variant, ...rest] = text.trim().toLowerCase().split('/');
  if (!os || !machine || rest.length > 0 || variant === '') return null;
  const arch = architectureOf(machine);
  return { os, architecture: arch.architecture, variant: variant ?? arch.variant };
}

/** Whether an image for `image` is meant for `host`: the same os and architecture, `arm64/v8` being plain arm64. */
export function samePlatform(image: Platform, host: Platform): boolean {
  return image.os === host.os && image.architecture === host.architecture;
}
