import type { FaultCode } from '../kernel/outcome.ts';
import type { CheckWarning, ImageCheck, PlatformCheck, WarningCode } from '../playbook/image-check.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const HOME = 'https://www.npmjs.com/package/execfmt';

type RuleId = FaultCode | WarningCode;

/** A sentence for each rule that `check` itself brings up; the rest of the faults speak by their names. */
const RULES: Readonly<Partial<Record<RuleId, string>>> = {
  'wrong-platform-image': 'The image and its files are for another platform than it is published for.',
  'wrong-arch-binary': 'The metadata fit the platform, the file that is executed does not.',
  'wrong-metadata': 'The files fit the platform, the image’s own metadata do not.',
  'platform-missing-from-index': 'The index has no image for the platform.',
  'os-mismatch': 'The image is for another operating system.',
  'script-crlf': 'The first line of a script ends in a carriage return.',
  'script-no-shebang': 'A script has no interpreter line that the kernel takes.',
  'entrypoint-not-found': 'What is to be executed is not in the image.',
  'not-exec-format': 'It fails for a reason of another kind.',
  'single-platform-tag': 'A tag that can be overwritten names one platform’s image.',
  'unknown-platform': 'An image does not say which platform it is for.',
  'shell-form': 'A shell is executed, so the command itself is not proved.',
  'shared-programs': 'Images for different architectures share a layer with programs.',
};

/**
 * The report as SARIF 2.1.0 (OASIS), one result for each failure and warning. Code scanning wants a file to show it at:
 * that is the repository's name, as other image scanners have it.
 */
export function checkReportSarif(check: ImageCheck, version: string): unknown {
  const failures = check.platforms.filter(({ pass }) => pass === false);
  const results = [
    ...failures.map((platform) => failureResult(check, platform)),
    ...check.warnings.map((warning) => warningResult(check, warning)),
  ];
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].map(ruleOf);
  const driver = { name: 'execfmt', version, informationUri: HOME, rules };
  const run = { tool: { driver }, columnKind: 'utf16CodeUnits', invocations: [invocation(check)], results };
  return { $schema: SCHEMA, version: '2.1.0', runs: [run] };
}

function ruleOf(id: RuleId) {
  const text = RULES[id] ?? `${id.replaceAll('-', ' ')}.`;
  return { id, shortDescription: { text }, help: { text: `${text} See docs/check.md of execfmt.` } };
}

function failureResult(check: ImageCheck, { platform, fault, culprit, because, digest }: PlatformCheck) {
  const ruleId: RuleId = fault ?? 'not-exec-format';
  const properties = { platform, ...(digest === null ? {} : { digest }), ...(culprit === null ? {} : { culprit }) };
  return result(
    check,
    ruleId,
    'error',
    `${check.image} for ${platform}: ${because}`,
    [platform, culprit ?? ''],
    properties,
  );
}

function warningResult(check: ImageCheck, { code, platform, message }: CheckWarning) {
  const about = platform === null ? check.image : `${check.image} for ${platform}`;
  return result(
    check,
    code,
    'warning',
    `${about}: ${message}`,
    [platform ?? ''],
    platform === null ? {} : { platform },
  );
}

function result(
  { image }: ImageCheck,
  ruleId: RuleId,
  level: 'error' | 'warning',
  text: string,
  about: readonly string[],
  properties: object,
) {
  const artifactLocation = { uri: uriOf(image) };
  const location = {
    physicalLocation: { artifactLocation, region: { startLine: 1 } },
    logicalLocations: [{ fullyQualifiedName: image, kind: 'resource' }],
  };
  // Without the tag, so that the same fault of the next build is the same alert.
  const fingerprint = [ruleId, nameOf(image), ...about].join(' ').trim();
  const partialFingerprints = { 'execfmt/v1': fingerprint };
  return {
    ruleId,
    level,
    message: { text: text.toWellFormed() },
    locations: [location],
    partialFingerprints,
    properties,
  };
}

/** Whether it was looked at at all: an alert that is missing because nothing was read must not look like one that was solved. */
function invocation({ error, platforms }: ImageCheck) {
  const unread = [error, ...platforms.map((platform) => platform.error)].filter((each) => each !== null);
  const notifications = unread.map(({ target, message }) => ({
    level: 'error',
    message: { text: `${target}: ${message}`.toWellFormed() },
  }));
  return { executionSuccessful: unread.length === 0, toolExecutionNotifications: notifications };
}

/** The name without tag and digest. */
function nameOf(image: string): string {
  const name = image.split('@')[0] ?? image;
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}

/** A relative URI reference (RFC 3986): a colon before the first slash would be taken for a scheme. */
function uriOf(image: string): string {
  return nameOf(image.replace(/^(?:docker-archive|oci-archive|docker-daemon|oci|dir):|^docker:\/\//, ''))
    .split('/')
    .filter((part) => part !== '')
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/');
}
