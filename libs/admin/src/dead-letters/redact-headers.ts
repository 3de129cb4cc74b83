import { redact, SECRET_NAME } from '@mono/platform';

/** Headers that identify the caller. */
const PRINCIPAL = /principal/i;

/** Operators see dead letters for a long time, and must not get the rights of the original call. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !SECRET_NAME.test(name) && !PRINCIPAL.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, redact(value)]));
}
