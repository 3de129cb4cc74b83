// Hashes of passwords: their form, that they match, and that there are never too many at once.
import { UnavailableError } from '@mono/contract';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { Passwords } from './passwords.js';

const passwords = new Passwords();

test('a password matches its own hash, in any composition of its characters', async () => {
  const hash = await passwords.hash('Straße Å');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await passwords.matches('Straße Å', hash)).toBe(true);
  expect(await passwords.matches('Straße A\u030a', hash)).toBe(true);
  expect(await passwords.matches('straße Å', hash)).toBe(false);
  expect(await passwords.hash('Straße Å')).not.toBe(hash);
});

test('a hash counts with its parameters', async () => {
  const hash = await passwords.hash('other');
  expect(await passwords.matches('other', hash.replace('t=2', 't=1'))).toBe(false);
});

test.each([null, undefined, '', 'plain', '$2b$12$abcdefghijklmnopqrstuv'])(
  'nothing matches %p, and the same work is done',
  async (stored) => {
    const before = passwords.computed;
    expect(await passwords.matches('', stored)).toBe(false);
    expect(passwords.computed).toBe(before + 1);
  },
);

test('few run at once, some wait, and more are refused at once', async () => {
  const places = new ConcurrencyLimit({ running: 2, waiting: 3 });
  let running = 0;
  let most = 0;
  const free: (() => void)[] = [];
  const work = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((done) => free.push(done));
    running -= 1;
  };
  const begun = Array.from({ length: 5 }, () => places.run(work));
  await expect(places.run(work)).rejects.toBeInstanceOf(UnavailableError);
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((done) => setImmediate(done));
    free.shift()?.();
  }
  await Promise.all(begun);
  expect([most, running]).toEqual([2, 0]);
  await expect(places.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await places.run(() => Promise.resolve('free again'))).toBe('free again');
});
