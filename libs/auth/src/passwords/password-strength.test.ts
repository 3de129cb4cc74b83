import { InvalidInputError } from '@mono/contract';
import { until } from '../../../../test/support/until.ts';
import { PasswordStrength, type PasswordOwner } from './password-strength.js';
import { StrengthThread } from './strength-thread.js';

const strength = new PasswordStrength();

async function issueOf(password: string, owner?: PasswordOwner): Promise<string | undefined> {
  try {
    await strength.requireStrong(password, 'password', owner);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return JSON.stringify(error.details);
  }
}

test.each([
  'password',
  'Password1!',
  'P@ssw0rd',
  'Passwort123',
  'Winter2026',
  'qwertzuiop',
  'hunter2hunter2',
  'aaaaaaaaaaaaaaaaaaaa',
  'ab'.repeat(128),
  '12345678',
])('refuses %s', async (password) => {
  const issue = await issueOf(password);
  expect(issue).toContain('"field":"password"');
  expect(issue).toMatch(/is too easy to guess: .*use several unrelated words, or a password manager/);
});

test.each([
  'correct horse battery staple',
  'zwölf Boxkämpfer jagen Viktor',
  'v7Gq-2xKp-Wm4T',
  'ж'.repeat(3) + ' щука над рекой',
])('accepts %s', async (password) => {
  expect(await issueOf(password)).toBeUndefined();
});

test('refuses the address and the name of the person', async () => {
  const owner = { email: 'zbigniew.kowalczyk@example.com', name: 'Zbigniew Kowalczyk' };
  expect(await issueOf('zbigniew.kowalczyk', owner)).toBeDefined();
  expect(await issueOf('KowalczykZbigniew', owner)).toBeDefined();
});

test('names the reason', async () => {
  expect(await issueOf('Password1!')).toContain('this is similar to a commonly used password');
});

describe('the thread', () => {
  const question = { password: 'correct horse battery staple', about: [] };

  test('starts with the first estimate and ends when it is idle', async () => {
    const thread = new StrengthThread(1);
    expect(thread.running).toBe(false);
    const answers = await Promise.all([thread.estimate(question), thread.estimate(question)]);
    expect(answers.map(({ score }) => score)).toEqual([4, 4]);
    await until('the thread has ended', () => Promise.resolve(!thread.running));
    expect((await thread.estimate(question)).score).toBe(4);
  });

  test('refuses more than can wait', async () => {
    const thread = new StrengthThread(1);
    const short = { password: 'x', about: [] };
    const outcomes = await Promise.allSettled(Array.from({ length: 300 }, () => thread.estimate(short)));
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(44);
    expect(refused[0]).toMatchObject({ reason: { code: 'unavailable' } });
  });
});
