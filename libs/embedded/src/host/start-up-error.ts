/** The reason why a node cannot start, and the remedy. Contains no secret. */
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
