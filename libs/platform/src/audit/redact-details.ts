import { redact } from '../logging/redact.js';

const SECRET =
  /^(?:.*[_-])?(?:password|passwd|token|secret|authorization|cookie|credentials?|api[_-]?key|private[_-]?key)$/i;
const REDACTED = '[redacted]';

/** Secrets by the names of their fields, and by their looks wherever they stand. */
export function redactDetails(details: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, SECRET.test(name) ? REDACTED : redactValue(value)]),
  );
}

function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redactValue);
  return value !== null && typeof value === 'object' ? redactDetails(value as Record<string, unknown>) : value;
}
