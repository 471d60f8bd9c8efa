/** GitHub's own images by the labels that name them (docs.github.com, “Choosing the runner for a job”), GOARCH names. */
const IMAGES: readonly (readonly [RegExp, string])[] = [
  [/^(?:ubuntu-(?:latest|slim|\d\d\.\d\d)|windows-(?:latest|20\d\d(?:-vs20\d\d)?))$/, 'amd64'],
  [/^(?:ubuntu-\d\d\.\d\d|windows-11)-arm(?:64)?$/, 'arm64'],
  [/^macos-(?:1[0-3]|(?:latest|\d\d)-(?:large|intel))$/, 'amd64'],
  [/^macos-(?:latest|1[4-9]|2\d)(?:-xlarge)?$|^macos-13-xlarge$/, 'arm64'],
];

/** The architecture of a machine that GitHub hosts, by the label it is asked for with; null when that names none. */
export function hostedArchitecture(label: string): string | null {
  return IMAGES.find(([form]) => form.test(label.toLowerCase()))?.[1] ?? null;
}

/** The same by the image's name in the log, which is not the label: `macos-15` there is the one for Intel. */
export function imageArchitecture(image: string): string | null {
  const mac = /^macos-\d\d(-arm64)?$/.exec(image.toLowerCase());
  if (mac) return mac[1] === undefined ? 'amd64' : 'arm64';
  return hostedArchitecture(image);
}
