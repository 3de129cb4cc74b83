// Converts PostgreSQL's text of timestamps to that of the API. A Date in between would cost more than the rest of reading a row.
import { types } from 'pg';

/** PostgreSQL's type of timestamptz (pg_type.dat). */
const TIMESTAMPTZ = 1184;
/** PostgreSQL's format in UTC: an optional fraction without trailing zeros. */
const UTC_TEXT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/;

/** `2026-05-01 09:00:00.12+00` → `2026-05-01T09:00:00.120Z`: RFC 3339, milliseconds. Other text (`infinity`) is unchanged. */
export function instantText(text: string): string {
  // Every timestamptz(3) with three digits has this length: the common case, without a pattern.
  if (text.length === 26 && text.endsWith('+00')) return `${text.slice(0, 10)}T${text.slice(11, 23)}Z`;
  const [, day, time, fraction = ''] = UTC_TEXT.exec(text) ?? [];
  if (day !== undefined && time !== undefined) return `${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  // A session in another zone than UTC, or not an instant.
  const other = new Date(text.length > 20 ? `${text}:00` : text);
  return Number.isNaN(other.getTime()) ? text : other.toISOString();
}

/** Parsers for statements of modules: those of pg, with instants as text. */
export const ROW_TYPES = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === TIMESTAMPTZ && format !== 'binary'
      ? instantText
      : (types.getTypeParser as (oid: number, format?: string) => unknown)(oid, format)) as typeof types.getTypeParser,
};
