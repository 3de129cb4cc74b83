// Documents the errors of a route. A route names its own errors; those that follow from its shape (body, If-Match,
// Idempotency-Key …) are added when the OpenAPI document is built.
import { ApiExtension } from '@nestjs/swagger';

/** Holds the codes of an operation until the document is built. */
export const ERROR_CODES = 'x-error-codes';
/** Marks an operation whose response has an entity tag, until the document is built. */
export const ENTITY_TAG = 'x-entity-tag';
/** Holds the media type of a text body that is accepted instead of JSON, until the document is built. */
export const TEXT_BODY = 'x-text-body';
/** Holds the allowed callers, if not every credential is allowed: `anybody` or `user`, until the document is built. */
export const CALLERS = 'x-callers';

/** @param codes the codes of a module's errors with their HTTP statuses. @returns a decorator that names those of a route. */
export function documentedErrors<const Codes extends Readonly<Record<string, number>>>(codes: Codes) {
  return (...names: (keyof Codes & string)[]): MethodDecorator =>
    ApiExtension(ERROR_CODES, Object.fromEntries(names.map((name) => [name, codes[name]])));
}
