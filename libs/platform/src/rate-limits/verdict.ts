// A rate limit, and its verdict on a request.

export interface RateLimit {
  /** Requests per window; 0 rejects all. */
  limit: number;
  /** Milliseconds. */
  windowMs: number;
}

export interface Verdict {
  allowed: boolean;
  limit: number;
  /** The number of requests that are allowed at once. */
  remaining: number;
  /** The time until the whole limit is available without further requests, in milliseconds. */
  resetMs: number;
  /** The time until the request may be allowed in milliseconds; 0 if it was allowed. */
  retryAfterMs: number;
}
