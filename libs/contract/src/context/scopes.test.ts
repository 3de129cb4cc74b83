import { declareScopes, SCOPES, scopesDeclaredFor } from './scopes.js';

test('a role has the scopes that are declared for it and for the roles below it', () => {
  declareScopes({ 'stars:read': 'viewer', 'stars:write': 'member', 'stars:name': 'admin' });
  expect(scopesDeclaredFor('viewer')).toContain('stars:read');
  expect(scopesDeclaredFor('viewer')).not.toContain('stars:write');
  expect(scopesDeclaredFor('member')).toEqual(expect.arrayContaining(['stars:read', 'stars:write']));
  expect(scopesDeclaredFor('member')).not.toContain('stars:name');
  expect(SCOPES).toEqual(expect.arrayContaining(['admin', '*', 'stars:read', 'stars:write', 'stars:name']));
});

test('a scope is declared for one role', () => {
  declareScopes({ 'moons:read': 'viewer' });
  declareScopes({ 'moons:read': 'viewer' });
  expect(SCOPES.filter((scope) => scope === 'moons:read')).toHaveLength(1);
  expect(() => declareScopes({ 'moons:read': 'member' })).toThrow('"moons:read" is declared for viewer and for member');
});
