import { redact, SECRET_NAME } from '@mono/platform';

/** What says who somebody is. */
const PRINCIPAL = /principal/i;

/** A dead letter is kept for long and seen by operators: what it was allowed to do is not theirs. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !SECRET_NAME.test(name) && !PRINCIPAL.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, redact(value)]));
}
