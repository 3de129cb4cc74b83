// The rights that a credential may have within its workspace.

/** Reaches beyond the workspace and is given on the command line only, so that no feature declares it and no `*` has it. */
export const OPERATOR = 'operator';

/** Every right that `scopes` gives is given by `by` as well. */
export function covers(by: readonly string[], scopes: readonly string[]): boolean {
  return scopes.every((scope) => by.includes(scope) || (scope !== OPERATOR && by.includes('*')));
}
