/** Who asked or pressed, by the platform's own identity: `slack:U012AB3CD`, `teams:<object id>`, `web:<name>`, `cli:<user>`. */
export interface Person {
  readonly id: string;
  /** For display only; untrusted. */
  readonly name: string;
}
