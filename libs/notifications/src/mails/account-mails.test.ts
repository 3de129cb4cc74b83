import { DomainError, NotFoundError } from '@mono/contract';
import { ACCOUNT_MAILS, type AccountEvent } from './account-mails.js';
import { People } from './people.js';

const LINK = {
  address: 'ada@example.com',
  name: 'Ada',
  timezone: 'Europe/Berlin',
  url: 'https://mono.example/go?token=id.secret',
  expires_at: '2025-11-21T13:05:00.000Z',
};
const CONTACT = { address: 'ada@example.com', name: 'Ada', timezone: 'UTC' };
const EVENT = {
  id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e',
  event: 'signed_in' as const,
  aggregate_id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f',
  occurred_at: '2025-11-21T12:05:00.000Z',
  request_id: 'test',
  source: '203.0.113.7',
  token_id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d70',
};

type Name = keyof typeof ACCOUNT_MAILS;

function peopleWith(answer: object | Error): People {
  const request = () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
  return new People({ request: request as never });
}

function written(name: Name, answer: object | Error, more: Partial<AccountEvent> = {}) {
  return ACCOUNT_MAILS[name]({ ...EVENT, ...more }, peopleWith(answer));
}

const LINKED = [
  ['email_verification_requested', 'Confirm your email address'],
  ['sign_up_repeated', 'You already have an account'],
  ['password_reset_requested', 'Reset your password'],
  ['email_change_requested', 'Confirm your new email address'],
] as const;

describe.each(LINKED)('%s', (name, subject) => {
  test('sends the link to the address that the token names', async () => {
    expect(await written(name, LINK)).toMatchObject({ to: 'ada@example.com', subject, link: LINK.url });
  });

  test.each([
    ['a used or expired link', { ...LINK, url: null }],
    ['an unknown token', new NotFoundError('email_token', 'x')],
  ])('sends nothing for %s', async (_what, answer) => {
    expect(await written(name, answer)).toBeUndefined();
  });
});

test.each([
  ['email_changed', 'Your email address was changed'],
  ['account_deleted', 'Your account was deleted'],
  ['identity_linked', 'New sign-in method added'],
  ['identity_unlinked', 'Sign-in method removed'],
] as const)('%s goes to the address that the token names, also without an account', async (name, subject) => {
  const mail = await written(name, { ...LINK, name: null, url: null });
  expect(mail).toMatchObject({ to: 'ada@example.com', subject });
  expect(mail?.text).toMatch(/^Hello,\n/);
});

test.each([
  ['password_changed', 'Your password was changed', {}],
  ['password_reset', 'Your password was changed', {}],
  ['signed_in', 'New sign-in to your account', { new_device: true }],
] as const)('%s goes to the user, if there still is one', async (name, subject, more) => {
  expect(await written(name, CONTACT, more)).toMatchObject({ to: 'ada@example.com', subject });
  expect(await written(name, new NotFoundError('user', 'x'), more)).toBeUndefined();
});

test('a sign-in names its source only if that is an IP address', async () => {
  expect((await written('signed_in', CONTACT, { new_device: true }))?.text).toContain('(address 203.0.113.7)');
  expect((await written('signed_in', CONTACT, { new_device: true, source: 'nats' }))?.text).not.toContain('nats');
});

test('a sign-in from a known device sends nothing', async () => {
  expect(await written('signed_in', CONTACT, { new_device: false })).toBeUndefined();
});

test.each(['invite_created', 'invite_renewed'] as const)('%s names the inviter and the workspace', async (name) => {
  const invite = { workspace: 'Home', invited_by: 'Bob', role: 'member' };
  const mail = await written(name, { ...LINK, name: null, invite });
  expect(mail).toMatchObject({ to: 'ada@example.com', subject: 'Bob invites you to Home', link: LINK.url });
  const byNobody = await written(name, { ...LINK, invite: { ...invite, invited_by: null } });
  expect(byNobody?.subject).toBe('Somebody invites you to Home');
  expect(await written(name, { ...LINK, url: null, invite })).toBeUndefined();
});

test.each([
  ['no node runs auth', new DomainError('unavailable', 'unavailable', 'No node runs auth.')],
  ['auth does not know the method yet', new NotFoundError('method', 'x')],
  ['the deadline is exceeded', new DomainError('timed_out', 'deadline_exceeded', 'Too late.')],
])('the mail waits if %s', async (_what, error) => {
  await expect(written('email_verification_requested', error)).rejects.toBe(error);
  await expect(written('password_changed', error)).rejects.toBe(error);
});

test('identity_linked sends nothing for an account that the provider created', async () => {
  expect(await written('identity_linked', LINK, { token_id: undefined as never, provider: 'google' })).toBeUndefined();
  const mail = await written('identity_linked', LINK, { provider: 'google' });
  expect(mail?.text).toContain('Sign-in with Google was added');
});
