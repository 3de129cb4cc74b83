import { redact, SECRET_NAME } from '@mono/platform';

const REDACTED = '[redacted]';

/** As JSON, without secrets: by the names of their fields, and by their looks wherever they stand. */
export function redactDetails(details: Record<string, unknown>): Record<string, unknown> {
  return redactFields(JSON.parse(JSON.stringify(details)) as Record<string, unknown>);
}

function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, SECRET_NAME.test(name) ? REDACTED : redactValue(value)]),
  );
}

function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redactValue);
  return value !== null && typeof value === 'object' ? redactFields(value as Record<string, unknown>) : value;
}
