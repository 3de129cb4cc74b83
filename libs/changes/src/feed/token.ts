// Tokens of the feed: a position, bound to workspace and filter. They hold no secret and grant nothing: each read is authorized.
import { createHash } from 'node:crypto';
import { InvalidInputError } from '@mono/contract';

export interface TokenScope {
  workspaceId: string;
  types?: readonly string[] | undefined;
  listId?: string | undefined;
  /** The filter, its id and its zone. */
  filter?: readonly (string | null)[] | undefined;
}

const FORMAT = 1;

export function encodeToken(position: number, scope: TokenScope): string {
  return Buffer.from(JSON.stringify([FORMAT, fingerprint(scope), position])).toString('base64url');
}

/** @throws InvalidInputError on `since` for garbage, and for the token of another workspace or filter. */
export function decodeToken(token: string, scope: TokenScope): number {
  const [format, madeFor, position] = parse(token);
  if (format !== FORMAT || typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0)
    throw fault('is not a token of this API');
  if (madeFor !== fingerprint(scope)) throw fault('belongs to another workspace or filter');
  return position;
}

function parse(token: string): unknown[] {
  try {
    const parts = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown;
    return Array.isArray(parts) && parts.length === 3 ? parts : [];
  } catch {
    return [];
  }
}

function fault(issue: string): InvalidInputError {
  return new InvalidInputError([{ field: 'since', code: 'wrong_format', issue }]);
}

const fingerprints = new WeakMap<TokenScope, string>();

/** 64 bits suffice: this guards against mistakes, not against forgery. */
function fingerprint(scope: TokenScope): string {
  let known = fingerprints.get(scope);
  if (known === undefined) {
    const { workspaceId, types, listId, filter } = scope;
    const parts: unknown[] = [workspaceId, types ? [...new Set(types)].toSorted() : null, listId ?? null];
    if (filter) parts.push(filter);
    known = createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 11);
    fingerprints.set(scope, known);
  }
  return known;
}
