// What a limit allows, and what a caller is told of it.

export interface RateLimit {
  /** Requests within any window; 0 refuses everything. */
  limit: number;
  /** Milliseconds. */
  windowMs: number;
}

export interface Verdict {
  allowed: boolean;
  limit: number;
  /** What may be taken at once from now on. */
  remaining: number;
  /** Until the whole limit is free again if nothing more is taken, in milliseconds. */
  resetMs: number;
  /** Until the same request may be allowed, in milliseconds; 0 when it was. */
  retryAfterMs: number;
}
