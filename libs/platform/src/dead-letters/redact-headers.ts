import { redact } from '../logging/redact.js';

/** What says who somebody is, or lets them in. */
const CREDENTIALS = /authorization|principal|cookie|token|secret|password|credential|api-?key/i;

/** A dead letter is kept for long and seen by operators: what it was allowed to do is not theirs. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !CREDENTIALS.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, redact(value)]));
}
