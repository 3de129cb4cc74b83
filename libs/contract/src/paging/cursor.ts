// Cursors: the sort key of a page's last item, opaque to clients, and good only for the filter and order that they were
// made for. They hold no secret and grant nothing: the query they resume is authorized anew.
import { createHash } from 'node:crypto';
import { isUUID } from 'class-validator';
import { InvalidInputError } from '../errors/index.js';
import { isInstant } from '../validation/instants.js';
import { isStorableText } from '../validation/text.js';

export type CursorValue = string | number | boolean | null;
/** What each part of a sort key is, so that a forged cursor never reaches the database as a value that it refuses. */
export type CursorKind = 'instant' | 'text' | 'uuid' | 'integer';

const FORMAT = 1;
const MAX_INTEGER = 2_147_483_647;

const ACCEPTS: Readonly<Record<CursorKind, (value: CursorValue) => boolean>> = {
  instant: isInstant,
  text: (value) => typeof value === 'string' && isStorableText(value),
  uuid: (value) => isUUID(value),
  integer: (value) => Number.isInteger(value) && Math.abs(Number(value)) <= MAX_INTEGER,
};

/** @param scope the filter and order, as an object of JSON values; undefined fields do not count, nor does their order. */
export function encodeCursor(values: readonly CursorValue[], scope: object): string {
  return Buffer.from(JSON.stringify([FORMAT, fingerprint(scope), ...values])).toString('base64url');
}

/**
 * @param kinds of the sort key's parts. Each may be null, except the last, which breaks the ties.
 * @throws InvalidInputError on `cursor` for garbage and for the cursor of another filter or order.
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
  return new InvalidInputError([{ field: 'cursor', issue }]);
}

/** 64 bits suffice: this guards against mistakes, not against forgery. */
function fingerprint(scope: object): string {
  const entries = Object.entries(scope).filter(([, value]) => value !== undefined);
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('base64url').slice(0, 11);
}
