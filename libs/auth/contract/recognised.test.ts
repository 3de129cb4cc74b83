// Which credentials are recognised: those that were valid when they were last looked up.
import { DomainError } from '@mono/contract';
import { RememberedUsers } from './remembered-users.js';
import { Recognised } from './recognised.js';

const valid = (): Promise<string> => Promise.resolve('valid');
const refused = (): Promise<never> => Promise.reject(new DomainError('unauthorized', 'unauthorized', 'No.'));
const lost = (): Promise<never> => Promise.reject(new Error('The bus is lost.'));

test('a credential is recognised from its first valid use to its first refusal', async () => {
  const recognised = new Recognised();
  expect(recognised.has('key')).toBe(false);
  await recognised.whileAsking('key', valid);
  await expect(recognised.whileAsking('key', lost)).rejects.toThrow('The bus is lost.');
  expect(recognised.has('key')).toBe(true);
  await expect(recognised.whileAsking('key', refused)).rejects.toThrow('No.');
  expect(recognised.has('key')).toBe(false);
  await expect(recognised.whileAsking('guess', refused)).rejects.toThrow('No.');
  expect(recognised.has('guess')).toBe(false);
});

test('no more than 50,000 are recognised, those that were looked up last', async () => {
  const recognised = new Recognised();
  await recognised.whileAsking('used', valid);
  await recognised.whileAsking('unused', valid);
  for (let key = 0; key < 49_999; key += 1) {
    if (key === 49_000) await recognised.whileAsking('used', valid);
    await recognised.whileAsking(String(key), valid);
  }
  expect(['used', 'unused', '49998'].map((mark) => recognised.has(mark))).toEqual([true, false, true]);
});

function tokenOf(sid: string, exp: number): string {
  return `header.${Buffer.from(JSON.stringify({ sid, exp })).toString('base64url')}.signature`;
}

test('the next token of a session is recognised, also when the former one was sent once too often', async () => {
  const remembered = new RememberedUsers();
  const [now, principal] = [
    Math.floor(Date.now() / 1_000),
    { kind: 'user', id: 'ada', workspaceId: 'w', scopes: [] },
  ] as const;
  await remembered.learn(tokenOf('session', now + 600), undefined, () => Promise.resolve(principal));
  await expect(remembered.learn(tokenOf('session', now - 1), undefined, refused)).rejects.toThrow('No.');
  expect(remembered.recognises(tokenOf('session', now + 1_200))).toBe(true);
  expect(remembered.recognises(tokenOf('another', now + 600))).toBe(false);
  await expect(remembered.learn(tokenOf('session', now + 600), undefined, refused)).rejects.toThrow('No.');
  expect(remembered.recognises(tokenOf('session', now + 600))).toBe(false);
});

test.each(['', 'a.b.c', `a.${Buffer.from('null').toString('base64url')}.c`, 'x'])(
  '%j names no session and is not recognised',
  (token) => {
    expect(new RememberedUsers().recognises(token)).toBe(false);
  },
);
