// The class of an operation's request: path, query and body as one object by their REST names; a merge patch is its field `patch`.
import type { Class } from '@mono/bus/contracts';
import { ObjectField } from '../validation/fields.js';
import { MergePatch, ReadOnlyFieldsOf } from '../validation/input-metadata.js';
import type { PathParams } from './path.js';

interface RequestParts {
  params: PathParams;
  query?: Class<object>;
  body?: Class<object>;
  patch?: Class<object>;
  /** A patch that names other fields of it is told that they are read-only. */
  reply?: Class;
}

/** @returns undefined where there is nothing to send. @throws TypeError for parts that do not go together. */
export function composeRequest(name: string, { params, query, body, patch, reply }: RequestParts): Class | undefined {
  if (body && (query || patch)) throw new TypeError(`${name}: a body goes together with neither a query nor a patch.`);
  const names = Object.keys(params);
  const base = body ?? query;
  // One class for the whole request: the same instance serves both ways.
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
