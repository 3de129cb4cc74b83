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

/** `RateLimit-*` of every answer, in whole seconds, and `Retry-After` of a refusal. */
export function rateLimitHeaders({
  allowed,
  limit,
  remaining,
  resetMs,
  retryAfterMs,
}: Verdict): Record<string, string> {
  const headers: Record<string, string> = {
    'RateLimit-Limit': String(limit),
    'RateLimit-Remaining': String(remaining),
    'RateLimit-Reset': seconds(resetMs),
  };
  if (!allowed) headers['Retry-After'] = seconds(Math.max(1, retryAfterMs));
  return headers;
}

/** Rounded up: whoever waits that long does not come too early. */
function seconds(ms: number): string {
  return String(Math.ceil(ms / 1_000));
}
