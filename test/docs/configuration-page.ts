import { stringify } from 'yaml';

/** What is used of a JSON Schema. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
}

/** A key of the configuration: `services.<name>.targets[].host`. */
export interface Key {
  readonly path: string;
  readonly required: boolean;
  readonly schema: Schema;
}

const INTRODUCTION = `# The configuration, key by key

Written by \`npm run docs\` from the schema (\`execfmt config schema\`), and checked against it. One YAML file, named by
\`--config\` or \`EXECFMT_CONFIG\`; \`execfmt config check\` finds every mistake with line and column. \`<name>\` is a name of your own,
\`[]\` an entry of a list. Paths are relative to the file, \`~/\` is the home folder. Secrets are never in the file: it says in which environment
variable or file they are. Keys with \`*\` must be there.
`;

/** Every key below a schema, in the order in which it names them. */
export function keysOf(schema: Schema, path = ''): readonly Key[] {
  const required = new Set(schema.required ?? []);
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const at = path ? `${path}.${name}` : name;
    return [{ path: at, required: required.has(name), schema: property }, ...keysOf(property, at)];
  });
  const values =
    typeof schema.additionalProperties === 'object' ? keysOf(schema.additionalProperties, `${path}.<name>`) : [];
  const items = schema.items ? keysOf(schema.items, `${path}[]`) : [];
  return [...own, ...values, ...items];
}

/** A section's example as it stands in a file. */
export const exampleOf = (section: string, { examples = [] }: Schema): string =>
  stringify({ [section]: examples[0] }, { flowCollectionPadding: false, lineWidth: 0 }).trimEnd();

/** `docs/configuration.md`, from the JSON Schema of the configuration. */
export function configurationPage(schema: Schema): string {
  const sections = Object.entries(schema.properties ?? {}).map(([name, section]) => {
    const rows = keysOf(section, name).map(rowOf);
    const table = rows.length > 0 ? ['', '| key | means | such as |', '| --- | --- | --- |', ...rows] : [];
    const lines = [
      `## ${name}`,
      '',
      asText(section.description),
      '',
      '```yaml',
      exampleOf(name, section),
      '```',
      ...table,
    ];
    return lines.join('\n');
  });
  return `${[INTRODUCTION.trimEnd(), ...sections].join('\n\n')}\n`;
}

/** A description, with nothing in it that Markdown takes for a tag, but for what is code. */
function asText(description = ''): string {
  return description.replace(/`[^`]*`|</g, (part) => (part === '<' ? '\\<' : part));
}

function rowOf({ path, required, schema }: Key): string {
  const example = schema.examples?.[0];
  const shown = typeof example === 'string' ? example : JSON.stringify(example);
  const cells = [`\`${path}\`${required ? ' *' : ''}`, asText(schema.description), `\`${shown}\``];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
