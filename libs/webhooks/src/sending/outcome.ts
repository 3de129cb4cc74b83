// The outcome of one attempt.

export type FailureReason =
  'refused_url' | 'refused_address' | 'dns' | 'connection' | 'tls' | 'timeout' | 'too_large' | 'invalid_response';

export interface Answered {
  kind: 'answered';
  status: number;
  durationMs: number;
  /** At most 4 KiB, valid text that PostgreSQL can store. */
  bodyStart: string;
  /** From the header Retry-After. */
  retryAfterMs?: number;
}

export interface Failed {
  kind: 'failed';
  reason: FailureReason;
  /** For the subscriber: without the URL and without addresses that its host resolves to. */
  message: string;
  durationMs: number;
}

export type Outcome = Answered | Failed;

/** An attempt that got no answer. */
export class AttemptError extends Error {
  constructor(
    readonly reason: FailureReason,
    message: string,
  ) {
    super(message);
    this.name = 'AttemptError';
  }
}
