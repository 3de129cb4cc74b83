// Account mails through a real SMTP server, from the request to the link.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { ApiClient } from '../support/api-client.ts';
import { createInstallation, TOPOLOGIES } from '../support/installation.ts';
import { newAddress } from '../support/people.ts';
import { followLink, PASSWORD, signUpPerson } from '../support/person.ts';
import { sharedInstallation, type SharedInstallation, type SharedServer } from '../support/shared-installation.ts';
import { messagesOf, unsettled, untilPublished } from '../support/streams.ts';
import { until } from '../support/until.ts';

describe.each(TOPOLOGIES)('mails about an account, %s', (topology) => {
  let installation: SharedInstallation;
  let mails: SharedInstallation['mails'];
  let server: SharedServer;
  let stranger: ApiClient;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ server, mails } = installation);
    stranger = new ApiClient(server.url);
  });
  async function signIn(email: string, password = PASSWORD, userAgent = 'node'): Promise<number> {
    return (await stranger.post('/v1/auth/sign-in', { email, password }, { 'user-agent': userAgent })).status;
  }

  test('a user can sign in after following the link of the sign-up mail', async () => {
    const email = newAddress();
    const signUp = { email, password: PASSWORD, name: 'Ada', timezone: 'Asia/Kolkata' };
    expect((await stranger.post('/v1/auth/sign-up', signUp)).status).toBe(202);
    const { link, text } = await mails.mailTo(email, /^Confirm your email/);
    expect(text).toContain('Hello Ada,');
    expect(text).toMatch(/works once, until \w+, \d.*\(Asia\/Kolkata, UTC\+05:30\)/);
    expect(await signIn(email)).toBe(403);
    // A mail scanner may open the link first, which must not use it up.
    const opened = [await fetch(new URL(link, server.url)), await fetch(new URL(link, server.url))];
    expect(opened.map(({ status }) => status)).toEqual([200, 200]);
    expect(await signIn(email)).toBe(403);
    expect((await followLink(server.url, link)).status).toBe(200);
    expect(await signIn(email)).toBe(200);
    expect((await followLink(server.url, link)).status).toBe(422);
  });

  test('a repeated sign-up sends a mail that allows setting a password', async () => {
    const email = newAddress('again');
    await signUpPerson(server.url, mails, email);
    await stranger.post('/v1/auth/sign-up', { email, password: 'another password', name: 'Eve' });
    const { link, text } = await mails.mailTo(email, /^You already have an account/);
    expect(text).not.toContain('Eve');
    expect(await signIn(email, 'another password')).toBe(401);
    expect((await followLink(server.url, link, { new_password: 'a third password' })).status).toBe(200);
    expect(await signIn(email, 'a third password')).toBe(200);
  });

  test('a user resets the password and receives a notice', async () => {
    const email = newAddress('forgetful');
    await signUpPerson(server.url, mails, email);
    await stranger.post('/v1/auth/forgot-password', { email });
    const { link } = await mails.mailTo(email, /^Reset your password/);
    expect((await followLink(server.url, link, { new_password: 'a new password' })).status).toBe(200);
    expect([await signIn(email), await signIn(email, 'a new password')]).toEqual([401, 200]);
    expect((await mails.mailTo(email, /^Your password was changed/)).link).toBe('');
  });

  test('a change of address sends the link to the new one and a notice to the old one', async () => {
    const [email, other] = [newAddress('old'), newAddress('new')];
    const { api } = await signUpPerson(server.url, mails, email);
    expect((await api.post('/v1/auth/change-email', { new_email: other, password: PASSWORD })).status).toBe(202);
    const { link } = await mails.mailTo(other, /^Confirm your new email/);
    expect((await followLink(server.url, link)).status).toBe(200);
    const notice = await mails.mailTo(email, /^Your email address was changed/);
    expect(notice.text).not.toContain(other);
    expect(await signIn(other)).toBe(200);
  });

  test('a sign-in from a new device sends a notice, one from a known device does not', async () => {
    const email = newAddress('careful');
    await signUpPerson(server.url, mails, email);
    await signIn(email, PASSWORD, 'node');
    await signIn(email, PASSWORD, 'another browser');
    expect((await mails.mailTo(email, /^New sign-in/)).text).toContain('(address 127.0.0.1)');
    await stranger.post('/v1/auth/forgot-password', { email });
    await mails.mailTo(email, /^Reset your password/);
    const notices = (await mails.received(email)).filter(({ subject }) => subject.startsWith('New sign-in'));
    expect(notices).toHaveLength(1);
  });

  test('deleting an account sends a notice to its former address', async () => {
    const email = newAddress('leaving');
    const { api } = await signUpPerson(server.url, mails, email);
    expect((await api.request('DELETE', '/v1/me', { body: { password: PASSWORD } })).status).toBe(204);
    await mails.mailTo(email, /^Your account was deleted/);
    expect(await mails.received(email)).toHaveLength(2);
  });

  test('an invited stranger follows the link and can sign in', async () => {
    const { api } = await signUpPerson(server.url, mails, newAddress('host'), 'Grace');
    const email = newAddress('guest');
    const created = await api.post<{ id: string }>('/v1/invites', { email, role: 'member' });
    expect(created.status).toBe(201);
    const { link, subject } = await mails.mailTo(email, /invites you/);
    expect(subject).toBe('Grace invites you to Grace');
    const accepted = await followLink(server.url, link, { name: 'Guest', password: PASSWORD });
    expect(accepted.status).toBe(200);
    expect(await signIn(email)).toBe(200);
  });

  test('a link that was used before the send is not sent', async () => {
    const email = newAddress('quick');
    await mails.conductFor([email], 'defer');
    await stranger.post('/v1/auth/sign-up', { email, password: PASSWORD, name: 'Ada' });
    const database = new Client({ connectionString: installation.database.url });
    await database.connect();
    try {
      await until('the token exists', async () => {
        const { rowCount } = await database.query(
          'UPDATE auth.email_token SET used_at = now() WHERE address = $1 RETURNING 1',
          [email],
        );
        return rowCount === 1;
      });
      await untilPublished(database, 'auth');
      // The server defers all mails, so that the event can only settle without a mail.
      const waits = () => unsettled(installation.nats.url, 'EVENTS_AUTH', 'notifications-email_verification_requested');
      await until('the event is settled', async () => (await waits()) === 0);
    } finally {
      await database.end();
      await mails.conductFor([email], 'take');
    }
    expect(await mails.received(email)).toEqual([]);
  });

  test('no event, table, dead letter or log line contains a token', async () => {
    const email = newAddress('secret');
    await signUpPerson(server.url, mails, email);
    await mails.conductFor([email], 'quote');
    await stranger.post('/v1/auth/forgot-password', { email });
    const database = new Client({ connectionString: installation.database.url });
    await database.connect();
    try {
      const quoted = await until('a mail is rejected', async () => {
        const { rows } = await database.query<{ letter: string; error: string }>(
          `SELECT d::text AS letter, error_message AS error FROM platform.dead_letter d WHERE consumer LIKE 'notifications-%'`,
        );
        return rows.find(({ error }) => error.includes('Blocked for'));
      });
      expect(quoted.error).toContain('Blocked for [link]');
      const seen = [quoted.letter, server.output()];
      for (const table of ['inbox', 'outbox', 'task', 'reminder', 'preference']) {
        const { rows } = await database.query<{ row: string }>(`SELECT t::text AS row FROM notifications.${table} t`);
        seen.push(...rows.map(({ row }) => row));
      }
      for (const stream of ['EVENTS_AUTH', 'EVENTS_NOTIFICATIONS']) {
        seen.push(...(await messagesOf(installation.nats.url, stream)));
      }
      const secrets = (await mails.received(email)).flatMap(({ link }) => /token=[^.]+\.(\S+)/.exec(link)?.[1] ?? []);
      expect(secrets.length).toBeGreaterThan(0);
      const all = seen.join('\n');
      expect(all).toContain('password_reset_requested');
      expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
      // Only the mail server knows the link of the rejected mail.
      expect(all).not.toMatch(/token=(?!\[redacted\])/);
    } finally {
      await database.end();
      await mails.conductFor([email], 'take');
    }
  });
});

test('a node in dev without a mail server writes mails to files and logs them', async () => {
  const installation = await createInstallation();
  const data = await mkdtemp(join(tmpdir(), 'mono-test-mail-'));
  try {
    const server = await installation.startServer({ env: { APP_ENV: 'dev', DATA_DIR: data } });
    const signUp = { email: 'ada@example.com', password: PASSWORD, name: 'Ada' };
    await new ApiClient(server.url).post('/v1/auth/sign-up', signUp);
    const directory = join(data, 'mail');
    const [file = ''] = await until('a mail is written', async () => {
      const files = await readdir(directory);
      const mails = files.filter((name) => name.endsWith('.eml'));
      return mails.length > 0 && mails;
    });
    expect(await readFile(join(directory, file), 'utf8')).toContain('To: ada@example.com');
    // The line comes after the file.
    await until('it is logged', () => installation.output().includes('Mail written'));
  } finally {
    await installation.end();
    await rm(data, { recursive: true, force: true });
  }
});
