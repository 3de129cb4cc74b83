/** Why a node cannot start, in one message, with what the operator can do about it. Never holds a secret. */
export class StartUpError extends Error {
  constructor(
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StartUpError';
  }
}
