import type { Verdict } from '@mono/platform';

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

/** Rounded up: a client that waits that long does not come too early. */
function seconds(ms: number): string {
  return String(Math.ceil(ms / 1_000));
}
