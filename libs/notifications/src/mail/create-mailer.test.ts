import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, parseConfiguration, StartUpError } from '@mono/platform';
import { LocalOutbox } from './local-outbox.js';
import { createMailer } from './create-mailer.js';
import { mailSettings } from './settings.js';
import { SmtpMailer } from './smtp-mailer.js';

const SMTP_URL = 'smtps://mono:hunter2@mail.example.com';
const MAIL_FROM = 'Mono <mono@example.com>';
let log = '';
const logger = createLogger({ level: 'trace', format: 'json', to: { write: (line: string) => (log += line) } });

beforeEach(() => {
  log = '';
});

const settingsOf = (environment: Record<string, string>) =>
  parseConfiguration({ mail: mailSettings }, environment).mail;
const mailer = (environment: Record<string, string>, dev = false, dataDirectory = '/nowhere') =>
  createMailer(settingsOf(environment), { dev, dataDirectory, logger });

test.each([true, false])('sends over SMTP with SMTP_URL (dev: %s)', async (dev) => {
  const made = mailer({ SMTP_URL, MAIL_FROM }, dev);
  expect(made).toBeInstanceOf(SmtpMailer);
  await made.close();
});

test('writes files in dev without SMTP_URL', () => {
  expect(mailer({}, true)).toBeInstanceOf(LocalOutbox);
});

test('warns and fails each mail as transient elsewhere without SMTP_URL', async () => {
  const made = mailer({});
  expect(JSON.parse(log)).toMatchObject({ level: 40, msg: expect.stringContaining('SMTP_URL is not set') });
  const mail = { id: 'an-event', to: 'ann@example.com', subject: '', text: '', html: '' };
  await expect(made.send(mail)).rejects.toMatchObject({ transient: true, code: 'mail_unsent' });
});

test.each([
  ['MAIL_FROM is missing', { SMTP_URL }],
  ['the CA file does not exist', { SMTP_URL, MAIL_FROM, SMTP_TLS_CA_FILE: '/nowhere/ca.pem' }],
  [
    'the password may be sent in plain text',
    { SMTP_URL: 'smtp://mono:hunter2@mail.example.com', MAIL_FROM, SMTP_STARTTLS: 'offered' },
  ],
])('does not start if %s, and does not print the password', (_what, environment) => {
  expect(() => mailer(environment)).toThrow(StartUpError);
  expect(() => mailer(environment)).not.toThrow(/hunter2/);
});

test('allows a plain-text password on loopback', async () => {
  const made = mailer({ SMTP_URL: 'smtp://mono:hunter2@localhost:2525', MAIL_FROM });
  expect(made).toBeInstanceOf(SmtpMailer);
  await made.close();
});

test('does not start if the CA file is a directory', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'mono-ca-'));
  try {
    expect(() => mailer({ SMTP_URL, MAIL_FROM, SMTP_TLS_CA_FILE: directory })).toThrow(StartUpError);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test.each([
  ['SMTP_URL', 'http://mail.example.com'],
  ['SMTP_URL', 'smtp://a.example.com,smtp://b.example.com'],
  ['SMTP_URL', 'smtp://mono@mail.example.com'],
  ['SMTP_URL', 'smtp://mono:%E0%A4%A@mail.example.com'],
  ['SMTP_URL', 'smtp://mail.example.com?tls.rejectUnauthorized=false'],
  ['MAIL_FROM', 'nobody'],
  ['MAIL_FROM', 'a@example.com, b@example.com'],
  ['SMTP_TIMEOUT_SECONDS', '0'],
])('rejects %s=%s', (name, value) => {
  expect(() => settingsOf({ [name]: value })).toThrow(`${name} must be`);
});
