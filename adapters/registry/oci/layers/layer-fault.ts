import type { ProbeFailureCode } from '../../../../src/playbook/answer.ts';

/** What is wrong with the bytes of a layer; turned into a ProbeError where the layer's name is known. */
export class LayerFault extends Error {
  readonly code: ProbeFailureCode;
  constructor(code: 'invalid' | 'unsupported' | 'too-large', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LayerFault';
    this.code = code;
  }
}
