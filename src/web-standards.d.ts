/**
 * The few web standards that the pure core may use although they are not in the language: values without I/O.
 * Timers, fetch, process and the file system are left out on purpose: they come in through ports.
 */
declare global {
  class AbortSignal {
    private constructor();
    readonly aborted: boolean;
    readonly reason: unknown;
    throwIfAborted(): void;
    addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
    removeEventListener(type: 'abort', listener: () => void): void;
  }

  class TextDecoder {
    constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
    decode(input?: Uint8Array): string;
  }

  /** Decodes base64 to one character a byte; throws when it is none. */
  function atob(text: string): string;

  class TextEncoder {
    encode(input?: string): Uint8Array;
  }
}

export {};
