// The scopes of the installation. Each feature declares those that guard its operations; every node loads all features before it reads
// a request, so that the set is complete by then.

/** The lowest role that has a scope: all roles above it have it as well. */
export type LowestRole = 'viewer' | 'member' | 'admin';
export type ScopeDeclarations = Readonly<Record<string, LowestRole>>;

const declared = new Map<string, LowestRole>([['admin', 'admin']]);
const names = ['admin', '*'];

/** `*` stands for all. Grows with each declaration. */
export const SCOPES: readonly string[] = names;

/** @throws TypeError for a scope that another role is declared for. */
export function declareScopes(scopes: ScopeDeclarations): void {
  for (const [scope, role] of Object.entries(scopes)) {
    const before = declared.get(scope);
    if (before === role) continue;
    if (before !== undefined)
      throw new TypeError(`Invariant violated: the scope "${scope}" is declared for ${before} and for ${role}.`);
    declared.set(scope, role);
    names.push(scope);
  }
}

/** The scopes of a role below `admin`, which has `*`. */
export function scopesDeclaredFor(role: Exclude<LowestRole, 'admin'>): string[] {
  const roles: readonly LowestRole[] = role === 'member' ? ['viewer', 'member'] : ['viewer'];
  return [...declared].filter(([, lowest]) => roles.includes(lowest)).map(([scope]) => scope);
}
