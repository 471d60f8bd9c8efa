/** An answer of the Docker Engine API that is no success: its HTTP status and the text of its `message`. */
export class EngineError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'EngineError';
    this.status = status;
  }
}
