/**
 * The store cannot be used; the message says where it is and what to do next. `unavailable` may pass: what was asked was
 * not done, and may be asked again when there is room or the store answers. Rejections of the journal and the workflows.
 */
export class StoreError extends Error {
  readonly code: 'damaged' | 'unavailable' | 'full' | 'refused' | 'too-new';
  constructor(code: StoreError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
