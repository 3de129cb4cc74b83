// What an operator gets for what is set.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, parseConfiguration, StartUpError } from '@mono/platform';
import { LocalOutbox } from './local-outbox.js';
import { mailerOf } from './mailer-of.js';
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
  mailerOf(settingsOf(environment), { dev, dataDirectory, logger });

test.each([true, false])('with SMTP_URL mails go there (dev: %s)', async (dev) => {
  const made = mailer({ SMTP_URL, MAIL_FROM }, dev);
  expect(made).toBeInstanceOf(SmtpMailer);
  await made.close();
});

test('without it, in dev, they become files', () => {
  expect(mailer({}, true)).toBeInstanceOf(LocalOutbox);
});

test('without it, elsewhere, the log warns and each mail fails for now', async () => {
  const made = mailer({});
  expect(JSON.parse(log)).toMatchObject({ level: 40, msg: expect.stringContaining('SMTP_URL is not set') });
  const mail = { id: 'an-event', to: 'ann@example.com', subject: '', text: '', html: '' };
  await expect(made.send(mail)).rejects.toMatchObject({ transient: true, code: 'mail_unsent' });
});

test.each([
  ['MAIL_FROM is missing', { SMTP_URL }],
  ['a CA file is not there', { SMTP_URL, MAIL_FROM, SMTP_TLS_CA_FILE: '/nowhere/ca.pem' }],
  [
    'the password may go in the clear',
    { SMTP_URL: 'smtp://mono:hunter2@mail.example.com', MAIL_FROM, SMTP_STARTTLS: 'offered' },
  ],
])('a node does not start when %s, and does not tell the password', (_what, environment) => {
  expect(() => mailer(environment)).toThrow(StartUpError);
  expect(() => mailer(environment)).not.toThrow(/hunter2/);
});

test('a password in the clear is fine on this machine', async () => {
  const made = mailer({ SMTP_URL: 'smtp://mono:hunter2@localhost:2525', MAIL_FROM });
  expect(made).toBeInstanceOf(SmtpMailer);
  await made.close();
});

test('an authority that is no file is told at the start', async () => {
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
])('%s=%s is a fault of the configuration', (name, value) => {
  expect(() => settingsOf({ [name]: value })).toThrow(`${name} must be`);
});
