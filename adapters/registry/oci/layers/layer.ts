/** One layer, where it is published. */
export interface Layer {
  readonly registry: string;
  readonly repository: string;
  readonly digest: string;
  /** Compressed bytes, as the manifest states them. */
  readonly size: number | null;
  /** Of its descriptor in the manifest. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Reads the bytes `from` up to and without `to` of a blob. Rejects with ProbeError, with LayerFault when ranges are not served. */
export type ReadRange = (from: number, to: number) => AsyncIterable<Uint8Array>;
