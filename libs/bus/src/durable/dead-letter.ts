// What is handed over when a message has given up: everything that a person needs to judge it, and to try it again.

export interface DeadLetterInput {
  /** The same for the same message and consumer, however often it is buried. */
  key: string;
  source: 'message';
  /** Whose consumer it is. */
  module: string;
  consumer: string;
  subject: string;
  stream: string;
  streamSeq: number;
  payload: Uint8Array;
  headers: Record<string, string>;
  error: { code: string; message: string; stack?: string };
  attempts: number;
  failedAt: Date;
  /** Publishing payload and headers here tries it again, with this consumer alone. */
  retrySubject: string;
}

export interface DeadLetterSink {
  /** Resolves when it is kept for good; the message is taken off its stream's consumer only then. */
  bury(letter: DeadLetterInput): Promise<void>;
}

/** The subject on which a consumer hears dead letters that are tried again. */
export function retrySubject(consumer: string): string {
  return `retries.${consumer}`;
}
