import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';

describe('the JSON Schema', () => {
  const schema = configJsonSchema() as { properties: Record<string, unknown>; additionalProperties: unknown };

  it('knows every section and refuses others', () => {
    expect(Object.keys(schema.properties).sort()).toEqual(
      'approvals chat ci clusters hosts metrics publicUrl redact registries services store verification watch'.split(
        ' ',
      ),
    );
    expect(schema.additionalProperties).toBe(false);
  });

  it('has durations as texts', () => {
    expect(schema.properties.verification).toMatchObject({
      properties: { stableFor: { type: 'string' }, timeout: { type: 'string' } },
    });
  });

  it('says that a target is on a host or on a cluster', () => {
    expect(JSON.stringify(schema)).toContain(
      '"oneOf":[{"required":["host","container"]},{"required":["cluster","namespace","workload"]}]',
    );
  });

  it('is JSON', () => expect(JSON.parse(JSON.stringify(schema))).toEqual(schema));
});
