// The rights that a credential may have within its workspace.

/** `*` stands for all of them. `operator` is none of them: it reaches beyond the workspace and is given on the command line only. */
export const SCOPES = [
  'tasks:read',
  'tasks:write',
  'recurrence:read',
  'recurrence:write',
  'time:read',
  'time:write',
  'admin',
  '*',
] as const;
export type Scope = (typeof SCOPES)[number];

export const OPERATOR = 'operator';

/** Every right that `scopes` gives is given by `by` as well. */
export function covers(by: readonly string[], scopes: readonly string[]): boolean {
  return scopes.every((scope) => by.includes(scope) || (scope !== OPERATOR && by.includes('*')));
}
