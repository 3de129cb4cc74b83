import type { EmailLink } from '../../contract/index.js';
import { questionPage } from './link-page.js';
import { questionOf } from './link-questions.js';

const INVITE = {
  address: 'grace@example.com',
  name: null,
  timezone: 'UTC',
  url: 'https://mono.example.com/accept-invite?token=t',
  invite: { workspace: '<Bakery>', invited_by: 'Ada Lovelace', role: 'member' },
} satisfies EmailLink;

test('an invite names the workspace, the inviting user, the address and the rules of passwords', () => {
  const page = questionPage(questionOf('invite', 't', INVITE));
  expect(page).toContain('Ada Lovelace invites you to join the workspace “&#60;Bakery&#62;” with the role member.');
  expect(page).toContain('The invite is for grace@example.com.');
  expect(page).toContain('At least 8 characters, and not easy to guess');
  expect(page).toMatch(/<input name="name"[^>]* required/);
  expect(page).toMatch(/<input type="password" name="password" required/);
  expect(page).not.toContain('leave the fields empty');
});

test('an invite to an account asks for nothing that it has', () => {
  const page = questionPage(questionOf('invite', 't', { ...INVITE, name: 'Grace' }));
  expect(page).toContain('An account has this address: leave the fields empty.');
  expect(page).not.toMatch(/ required/);
});

test('an invite by a key names nobody', () => {
  const invite = { workspace: 'Bakery', invited_by: null, role: 'viewer' } as const;
  expect(questionPage(questionOf('invite', 't', { ...INVITE, invite }))).toContain(
    'You are invited to join the workspace “Bakery” with the role viewer.',
  );
});

test.each(['verify', 'reset', 'change_email', 'invite'] as const)('%s asks without knowing the link, too', (kind) => {
  const page = questionPage(questionOf(kind, 't', undefined));
  expect(page).toContain('<input type="hidden" name="token" value="t">');
  expect(page).not.toMatch(/undefined|null/);
});

test('a fault is shown with the form', () => {
  const page = questionPage({ ...questionOf('reset', 't', undefined), fault: 'The password is <too> easy.' });
  expect(page).toContain('<p role="alert">The password is &#60;too&#62; easy.</p><form');
});
