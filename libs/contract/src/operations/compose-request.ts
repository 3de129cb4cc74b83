// Composes the class of an operation's request from path, query and body by their REST names. A merge patch is the field `patch`.
import type { Class } from '@mono/bus/contracts';
import { ObjectField } from '../validation/fields.js';
import { MergePatch, ReadOnlyFieldsOf } from '../validation/input-metadata.js';
import type { PathParams } from './path.js';

interface RequestParts {
  params: PathParams;
  query?: Class<object>;
  body?: Class<object>;
  patch?: Class<object>;
  /** Fields of it that a patch does not take are reported as read-only. */
  reply?: Class;
}

/** @returns undefined for a request without fields. @throws TypeError for incompatible parts. */
export function composeRequest(name: string, { params, query, body, patch, reply }: RequestParts): Class | undefined {
  if (body && (query || patch)) throw new TypeError(`${name}: a body excludes a query and a patch.`);
  const names = Object.keys(params);
  const base = body ?? query;
  // If the body is the whole request, its class serves as it is.
  if (names.length === 0 && !patch) return base;
  const Composed = { [name]: class extends (base ?? Object) {} }[name] as Class<object>;
  for (const param of names) params[param]?.field(Composed.prototype, param);
  if (patch) {
    MergePatch()(patch);
    if (reply) ReadOnlyFieldsOf(() => reply as Class<object>)(patch);
    ObjectField(() => patch, { description: 'A merge patch.' })(Composed.prototype as object, 'patch');
  }
  return Composed;
}
