import { describe, expect, it } from 'vitest';
import type { CheckWarning, ImageCheck, PlatformCheck } from '../../src/playbook/image-check.ts';
import { checkReportJunit } from '../../src/view/check-report-junit.ts';
import { checkReportSarif } from '../../src/view/check-report-sarif.ts';
import { checkReportText } from '../../src/view/check-report-text.ts';
import { type Element, parseXml } from './parse-xml.ts';
import { sarifMistakes } from './sarif-mistakes.ts';

const DIGEST = `sha256:${'4f'.repeat(32)}`;
const passing: PlatformCheck = {
  platform: 'linux/amd64',
  present: true,
  digest: DIGEST,
  pass: true,
  judged: true,
  fault: 'none',
  culprit: null,
  errno: null,
  entrypoint: '/app/render',
  because: '/app/render gets control.',
  sharedLayer: null,
  error: null,
};
const failing: PlatformCheck = {
  ...passing,
  platform: 'linux/arm64',
  pass: false,
  fault: 'wrong-arch-binary',
  culprit: '/app/render',
  errno: 'ENOEXEC',
  because:
    '/app/render is ELF 64-bit LSB executable, x86-64, and linux/arm64 has no loader for it, as far as a plain host goes.',
};
const missing: PlatformCheck = {
  ...failing,
  platform: 'linux/s390x',
  present: false,
  digest: null,
  fault: 'platform-missing-from-index',
  culprit: null,
};
const unread: PlatformCheck = {
  ...passing,
  platform: 'linux/arm/v7',
  pass: null,
  judged: false,
  fault: null,
  because: 'It could not be read: registry.corp.io: it answered 500.',
  error: { code: 'unreachable', target: 'registry.corp.io', message: 'it answered 500.' },
};
const windows: PlatformCheck = { ...passing, platform: 'windows/amd64', pass: null, judged: false, fault: null };
const warning: CheckWarning = { code: 'shell-form', platform: 'linux/amd64', message: 'A shell is executed.' };

const report = (more: Partial<ImageCheck> = {}): ImageCheck => ({
  image: 'registry.corp.io/pdf-renderer:v3',
  digest: DIGEST,
  kind: 'index',
  pass: false,
  platforms: [passing, failing, missing],
  warnings: [warning],
  error: null,
  ...more,
});
const refused = report({
  digest: null,
  kind: null,
  pass: null,
  platforms: [],
  warnings: [],
  error: { code: 'denied', target: 'registry.corp.io', message: 'it does not let us read it.' },
});

/** What outside text may hold: markup, control characters, half of a surrogate pair. */
const HOSTILE = 'a<b>&"\'\u0000\u001b[31m]]>\ud800é\n';
const hostile = report({
  image: `registry.corp.io/${HOSTILE}:v1`,
  platforms: [
    { ...failing, because: HOSTILE, culprit: HOSTILE, entrypoint: HOSTILE },
    { ...unread, because: HOSTILE },
  ],
  warnings: [{ ...warning, message: HOSTILE }],
});

describe('the text', () => {
  it('says for each platform by a sign and a word what is the matter', () => {
    const text = checkReportText(report(), false);
    expect(text).toContain('✓ passes linux/amd64  /app/render');
    expect(text).toMatch(/✗ fails linux\/arm64\n {4}sha256:4f.*\n {4}wrong-arch-binary: \/app\/render is ELF/);
    expect(text).toContain('✗ missing linux/s390x');
    expect(text).toContain('! warning linux/amd64: shell-form');
    expect(text).toMatch(/✗ 2 of 3 platforms would not run\.$/);
  });

  it.each([
    [report({ pass: true, platforms: [passing, windows] }), '✓ 1 platform checked, all pass.'],
    [report({ pass: null, platforms: [windows] }), '? Could not check: nothing could be judged.'],
    [report({ pass: null, platforms: [passing, unread] }), '? Could not check: not all could be read.'],
    [refused, '? Could not check: not all could be read.'],
  ])('ends with the result', (check, end) => expect(checkReportText(check, false).endsWith(end)).toBe(true));

  it('fits 80 columns, but for what is to be copied whole', () => {
    for (const line of checkReportText(report(), false).split('\n')) {
      if (!line.includes('sha256:')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it('has colours only when they are wanted, and never those of outside text', () => {
    const esc = '\u001b';
    expect(checkReportText(report(), false)).not.toContain(esc);
    expect(checkReportText(report(), true)).toContain(`${esc}[31m✗ fails${esc}[0m`);
    expect(checkReportText(hostile, false)).not.toContain(esc);
  });
});

describe('JUnit', () => {
  const suiteOf = (check: ImageCheck): Element => {
    const root = parseXml(checkReportJunit(check, 1.5));
    expect(root).toMatchObject({ name: 'testsuites', attributes: { name: 'execfmt check', time: '1.500' } });
    return root.children[0]!;
  };

  it('has a case for each platform', () => {
    const suite = suiteOf(report({ platforms: [passing, failing, missing, unread, windows] }));
    expect(suite.attributes).toMatchObject({ tests: '5', failures: '2', errors: '1', skipped: '1' });
    const cases = suite.children.filter(({ name }) => name === 'testcase');
    expect(cases.map(({ attributes, children }) => [attributes.name, children[0]?.name ?? 'passed'])).toEqual([
      ['linux/amd64 would run', 'passed'],
      ['linux/arm64 would run', 'failure'],
      ['linux/s390x would run', 'failure'],
      ['linux/arm/v7 would run', 'error'],
      ['windows/amd64 would run', 'skipped'],
    ]);
    expect(cases[1]?.children[0]).toMatchObject({
      attributes: { type: 'wrong-arch-binary', message: failing.because },
    });
    expect(suite.children.find(({ name }) => name === 'system-out')?.text).toContain('shell-form');
  });

  it('has one case with an error when nothing could be read', () => {
    const suite = suiteOf(refused);
    expect(suite.attributes).toMatchObject({ tests: '1', failures: '0', errors: '1' });
    expect(suite.children[0]?.children[0]?.attributes.message).toContain('does not let us read');
  });

  it('holds any text', () => {
    const suite = suiteOf(hostile);
    const failure = suite.children[0]!.children[0]!;
    expect(failure.attributes.message).toBe('a<b>&"\'\\x00\\x1b[31m]]>\ufffdé\n');
    expect(failure.text).toContain('a<b>&"\'');
  });
});

describe('SARIF', () => {
  const runOf = (check: ImageCheck) => {
    const document = JSON.parse(JSON.stringify(checkReportSarif(check, '1.2.3')));
    expect(sarifMistakes(document)).toEqual([]);
    return document.runs[0];
  };

  it('has a result for each failure and each warning', () => {
    const run = runOf(report());
    expect(run.tool.driver).toMatchObject({ name: 'execfmt', version: '1.2.3' });
    expect(run.results.map(({ ruleId, level }: { ruleId: string; level: string }) => [ruleId, level])).toEqual([
      ['wrong-arch-binary', 'error'],
      ['platform-missing-from-index', 'error'],
      ['shell-form', 'warning'],
    ]);
    const [first] = run.results;
    expect(first.locations[0].physicalLocation.artifactLocation.uri).toBe('registry.corp.io/pdf-renderer');
    expect(first.properties).toMatchObject({ platform: 'linux/arm64', culprit: '/app/render' });
    expect(run.invocations).toEqual([{ executionSuccessful: true, toolExecutionNotifications: [] }]);
  });

  it('calls the same fault of the next build the same', () => {
    const fingerprint = (image: string) => runOf(report({ image })).results[0].partialFingerprints;
    expect(fingerprint('registry.corp.io/pdf-renderer:v4')).toEqual(fingerprint('registry.corp.io/pdf-renderer:v3'));
    expect(fingerprint('registry.corp.io/other:v3')).not.toEqual(fingerprint('registry.corp.io/pdf-renderer:v3'));
  });

  it.each([
    ['localhost:5000/a/b:v1', 'localhost%3A5000/a/b'],
    [`nginx@${DIGEST}`, 'nginx'],
    ['docker-archive:/tmp/saved.tar:x:1', 'tmp/saved.tar%3Ax'],
    ['docker://nginx:1', 'nginx'],
  ])('names %s as a relative file', (image, uri) => {
    expect(runOf(report({ image })).results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(uri);
  });

  it('says that it did not look, so that alerts are not taken for solved', () => {
    const run = runOf(refused);
    expect(run.results).toEqual([]);
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: false });
    expect(run.invocations[0].toolExecutionNotifications[0].message.text).toContain('does not let us read');
  });

  it('holds any text', () => {
    expect(runOf(hostile).results).toHaveLength(2);
  });
});
