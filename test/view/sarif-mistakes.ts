import { z } from 'zod';

/**
 * The part of SARIF 2.1.0 that reports use (OASIS Standard, sections 3.13 to 3.58), strict: what the schema does not know is
 * a mistake. `null` is nowhere allowed.
 */
const message = z.strictObject({ text: z.string().min(1) });
const level = z.enum(['none', 'note', 'warning', 'error']);

/** A relative reference without a scheme and with everything odd encoded (RFC 3986, 4.2). */
const uri = z.string().regex(/^(?![a-z][a-z0-9+.-]*:)(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})+$/);

const location = z.strictObject({
  physicalLocation: z.strictObject({
    artifactLocation: z.strictObject({ uri }),
    region: z.strictObject({ startLine: z.int().min(1) }),
  }),
  logicalLocations: z.array(z.strictObject({ fullyQualifiedName: z.string(), kind: z.string() })),
});

const result = z.strictObject({
  ruleId: z.string().min(1),
  level,
  message,
  locations: z.array(location).min(1),
  partialFingerprints: z.record(z.string(), z.string()),
  properties: z.record(z.string(), z.string()),
});

const rule = z.strictObject({
  id: z.string().min(1),
  shortDescription: z.strictObject({ text: z.string().min(1) }),
  help: z.strictObject({ text: z.string().min(1) }),
});

const run = z.strictObject({
  tool: z.strictObject({
    driver: z.strictObject({
      name: z.string().min(1),
      version: z.string(),
      informationUri: z.url(),
      rules: z.array(rule),
    }),
  }),
  columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
  invocations: z.array(
    z.strictObject({
      executionSuccessful: z.boolean(),
      toolExecutionNotifications: z.array(z.strictObject({ level, message })),
    }),
  ),
  results: z.array(result),
});

const log = z.strictObject({ $schema: z.url(), version: z.literal('2.1.0'), runs: z.array(run).min(1) });

/** What is wrong with a SARIF document; rules are named once, and each result names one of them. */
export function sarifMistakes(document: unknown): readonly string[] {
  const parsed = log.safeParse(document);
  if (!parsed.success) return parsed.error.issues.map(({ path, message: what }) => `${path.join('.')}: ${what}`);
  return parsed.data.runs.flatMap(({ tool, results }) => {
    const ids = tool.driver.rules.map(({ id }) => id);
    const twice = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `rule ${id} twice`);
    return [
      ...twice,
      ...results.filter(({ ruleId }) => !ids.includes(ruleId)).map(({ ruleId }) => `no rule ${ruleId}`),
    ];
  });
}
