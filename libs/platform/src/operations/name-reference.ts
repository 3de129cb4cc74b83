// A body or a query that names a thing that does not exist is answered with `<thing>_not_found`. The details name the field, too,
// as they do for every other fault of a field.
import { DomainError, type AnyOperation, type CallContext, type PublicContext } from '@mono/contract';

/** Input classes nest less. */
const MAX_DEPTH = 8;

/** @returns the error with `field` and `code` in its details where a field of the input names the missing thing; any other as it is. */
export function nameReference(
  error: unknown,
  { http }: Pick<AnyOperation, 'http'>,
  input: unknown,
  context: Pick<CallContext, 'source'> | PublicContext,
): unknown {
  if (!(error instanceof DomainError) || error.kind !== 'not_found') return error;
  const { kind, code, message, details } = error;
  if (!details || Array.isArray(details) || typeof details['id'] !== 'string' || 'field' in details) return error;
  if (typeof input !== 'object' || input === null) return error;
  const id = details['id'].toLowerCase();
  const [path, body] = partsOf(input, http?.params ?? {});
  if (find(id, path, '', 0) !== undefined) return error;
  const overNats = 'source' in context && context.source === 'nats';
  const field = fieldNaming(id, overNats ? body : flattened(body), details['operation']);
  if (field === undefined) return error;
  return new DomainError(kind, code, message, { ...details, field, code: 'not_found' });
}

/** @returns the fields of the path, and those of body and query. */
function partsOf(input: object, params: object): [path: object, body: object] {
  const fields = Object.entries(input);
  const ofPath = ([name]: [string, unknown]): boolean => name in params;
  return [Object.fromEntries(fields.filter(ofPath)), Object.fromEntries(fields.filter((field) => !ofPath(field)))];
}

/** Over REST the fields of a patch are the body. */
function flattened({ patch, ...rest }: { patch?: unknown }): object {
  return typeof patch === 'object' ? { ...rest, ...patch } : { ...rest, patch };
}

/** @param index of the operation of a batch that has failed. */
function fieldNaming(id: string, body: object, index: unknown): string | undefined {
  const { operations } = body as { operations?: unknown[] };
  if (typeof index !== 'number' || !Array.isArray(operations)) return find(id, body, '', 0);
  return find(id, operations[index], `operations[${index}]`, 0);
}

function find(id: string, value: unknown, path: string, depth: number): string | undefined {
  if (typeof value === 'string') return value.length === id.length && value.toLowerCase() === id ? path : undefined;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const found = find(id, member, Array.isArray(value) ? `${path}[${name}]` : dotted(path, name), depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function dotted(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
