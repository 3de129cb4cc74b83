// The documentation of a route's errors. A route names what is its own; what follows from its shape (a body, If-Match,
// Idempotency-Key …) is added for all alike when the document is built (./openapi.ts).
import { ApiExtension } from '@nestjs/swagger';

/** Where the codes of an operation wait until the document is built. */
export const ERROR_CODES = 'x-error-codes';
/** Marks an operation whose answer carries an entity tag, until the document is built. */
export const ENTITY_TAG = 'x-entity-tag';
/** Names the media type of a text that the body may be instead of JSON, until the document is built. */
export const TEXT_BODY = 'x-text-body';
/** Says who may call where that is not whoever has a credential: `anybody`, or `user`; until the document is built. */
export const CALLERS = 'x-callers';

/** @param codes of a module's errors, each with its HTTP status. @returns a decorator that names those of a route. */
export function documentedErrors<const Codes extends Readonly<Record<string, number>>>(codes: Codes) {
  return (...names: (keyof Codes & string)[]): MethodDecorator =>
    ApiExtension(ERROR_CODES, Object.fromEntries(names.map((name) => [name, codes[name]])));
}
