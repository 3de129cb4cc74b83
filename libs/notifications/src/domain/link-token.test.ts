import { randomBytes } from 'node:crypto';
import { kindOf, linkToken, readLinkToken, type LinkFacts } from './link-token.js';

const KEY = randomBytes(32);
const FACTS: LinkFacts = {
  userId: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d71',
  workspaceId: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d70',
  kind: 'task_due_soon',
};

test('names user, workspace and kind, and fits into a URL', () => {
  const token = linkToken(KEY, FACTS);
  expect(readLinkToken(KEY, token)).toEqual(FACTS);
  expect(kindOf(token)).toBe('task_due_soon');
  expect(encodeURIComponent(token)).toBe(token);
  expect(token).not.toContain(FACTS.userId);
});

test('a token of another key, user, workspace or kind is invalid', () => {
  const [ids = '', kind = '', signature = ''] = linkToken(KEY, FACTS).split('.');
  const [others = ''] = linkToken(KEY, { ...FACTS, userId: FACTS.workspaceId }).split('.');
  const [elsewhere = ''] = linkToken(KEY, { ...FACTS, workspaceId: FACTS.userId }).split('.');
  expect(readLinkToken(randomBytes(32), linkToken(KEY, FACTS))).toBeUndefined();
  for (const forged of [`${others}.${kind}`, `${elsewhere}.${kind}`, `${ids}.timer_forgotten`]) {
    expect(readLinkToken(KEY, `${forged}.${signature}`)).toBeUndefined();
  }
  expect(readLinkToken(KEY, `${ids}.${kind}.${signature}`)).toEqual(FACTS);
});

test.each(['', 'x', 'a.b.c', `${'a'.repeat(43)}.everything.${'b'.repeat(43)}`, '.'.repeat(10_000)])(
  'rejects %j',
  (token) => {
    expect(readLinkToken(KEY, token)).toBeUndefined();
    expect(kindOf(token)).toBeUndefined();
  },
);
