import type { DomainError } from '../errors/index.js';
import type { Principal } from './call-context.js';
import { requireRights, type PersonalTokens } from './require-rights.js';

const USER = { kind: 'user', id: 'ada', workspaceId: 'home', scopes: ['*'] } as const;
const WHOLE: Principal = { ...USER, tokenId: 'laptop', narrowed: false };
const NARROWED: Principal = { ...USER, tokenId: 'laptop', narrowed: true };

function codeOf(principal: Principal, personalTokens: PersonalTokens | undefined): string {
  try {
    requireRights(principal, { scope: null, ...(personalTokens && { personalTokens }) });
    return 'in';
  } catch (error) {
    return (error as DomainError).code;
  }
}

test.each<[PersonalTokens | undefined, Principal, string]>([
  ['none', USER, 'in'],
  ['none', WHOLE, 'forbidden'],
  ['none', NARROWED, 'forbidden'],
  ['whole', WHOLE, 'in'],
  ['whole', NARROWED, 'forbidden'],
  ['all', NARROWED, 'in'],
  [undefined, NARROWED, 'in'],
])('where personal tokens may call: %s, %j is %s', (personalTokens, principal, outcome) => {
  expect(codeOf(principal, personalTokens)).toBe(outcome);
});
