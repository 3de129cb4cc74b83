// A cursor is the sort key of a page's last item, opaque to clients and bound to filter and order. It contains no secret and
// grants no access: each query is authorized.
import { createHash } from 'node:crypto';
import { isUUID } from 'class-validator';
import { InvalidInputError } from '../errors/index.js';
import { isInstant } from '../validation/instants.js';
import { isStorableText } from '../validation/text.js';

export type CursorValue = string | number | boolean | null;
/** The kind of each part of a sort key, so that a forged cursor cannot pass an invalid value to the database. */
export type CursorKind = 'instant' | 'text' | 'uuid' | 'integer';

const FORMAT = 1;
const MAX_INTEGER = 2_147_483_647;

const ACCEPTS: Readonly<Record<CursorKind, (value: CursorValue) => boolean>> = {
  instant: isInstant,
  text: (value) => typeof value === 'string' && isStorableText(value),
  uuid: (value) => isUUID(value),
  integer: (value) => Number.isInteger(value) && Math.abs(Number(value)) <= MAX_INTEGER,
};

/** @param scope the filter and order as an object of JSON values. Undefined fields and the order of fields are ignored. */
export function encodeCursor(values: readonly CursorValue[], scope: object): string {
  return Buffer.from(JSON.stringify([FORMAT, fingerprint(scope), ...values])).toString('base64url');
}

/**
 * @param kinds the kinds of the sort key's parts. Each part may be null except the last, which breaks ties.
 * @throws InvalidInputError on `cursor` for an invalid cursor and for one of another filter or order.
 */
export function decodeCursor(cursor: string, scope: object, kinds: readonly CursorKind[]): CursorValue[] {
  const parts = parse(cursor);
  const [format, madeFor, ...values] = parts ?? [];
  if (format !== FORMAT || values.length !== kinds.length) throw fault('is not a cursor of this API');
  if (madeFor !== fingerprint(scope)) throw fault('belongs to another filter or order');
  const sound = kinds.every((kind, index) => {
    const value = values[index] ?? null;
    return value === null ? index < kinds.length - 1 : ACCEPTS[kind](value);
  });
  if (!sound) throw fault('is not a cursor of this API');
  return values;
}

function parse(cursor: string): CursorValue[] | undefined {
  try {
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
    return Array.isArray(parts) && parts.every(isValue) ? parts : undefined;
  } catch {
    return undefined;
  }
}

function isValue(value: unknown): value is CursorValue {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function fault(issue: string): InvalidInputError {
  return new InvalidInputError([{ field: 'cursor', code: 'wrong_format', issue }]);
}

/** 64 bits suffice against mistakes; forgery needs no protection. */
function fingerprint(scope: object): string {
  const entries = Object.entries(scope).filter(([, value]) => value !== undefined);
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('base64url').slice(0, 11);
}
