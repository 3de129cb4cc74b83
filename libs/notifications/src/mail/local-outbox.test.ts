import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@mono/platform';
import { LocalOutbox } from './local-outbox.js';
import type { Mail } from './mailer.js';

const LINK = 'https://mono.example/verify?token=very-secret';
const MAIL: Mail = {
  id: '019aa5c4-7d1e-7cc3-98c4-dc0c0c07398f',
  to: 'ann@example.com',
  subject: 'Confirm your email address',
  text: `Follow ${LINK}`,
  html: `<a href="${LINK}">Follow</a>`,
};

let home: string;
let directory: string;
let log: string;
let outbox: LocalOutbox;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mono-mails-'));
  directory = join(home, 'mail');
  log = '';
  const logger = createLogger({ level: 'trace', format: 'json', to: { write: (line: string) => (log += line) } });
  outbox = new LocalOutbox({ directory, from: { name: 'Mono', address: 'mono@localhost' }, logger });
});
afterEach(async () => {
  await outbox.close();
  await rm(home, { recursive: true });
});

test('writes a mail to a file that only the owner can read, named by the time of its event', async () => {
  await outbox.send(MAIL);
  const files = await readdir(directory);
  expect(files).toEqual([expect.stringMatching(/^20251121T\d{9}Z-019aa5c4-[0-9a-f-]+\.[0-9a-f]{16}\.eml$/)]);
  const file = join(directory, files[0] ?? '');
  expect(await readFile(file, 'utf8')).toContain('To: ann@example.com');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});

test('writes one file per event and recipient, also for concurrent sends', async () => {
  await Promise.all([outbox.send(MAIL), outbox.send(MAIL), outbox.send(MAIL)]);
  await outbox.send({ ...MAIL, to: 'bob@example.com' });
  expect(await readdir(directory)).toHaveLength(2);
});

test('file names sort by the time of the events', async () => {
  const ids = ['019aa5c4-7d1e-7cc3-98c4-dc0c0c07398f', '019aa5c5-0000-7cc3-98c4-dc0c0c07398f'];
  for (const id of ids.toReversed()) await outbox.send({ ...MAIL, id });
  const files = (await readdir(directory)).toSorted();
  expect(files.map((file) => ids.findIndex((id) => file.includes(id)))).toEqual([0, 1]);
});

test('logs recipient, subject and file in one line, without the link', async () => {
  await outbox.send(MAIL);
  expect(log.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(log)).toMatchObject({ to: MAIL.to, subject: MAIL.subject, file: expect.stringMatching(/\.eml$/) });
  for (const secret of ['very-secret', LINK]) expect(log).not.toContain(secret);
});

test('a write error is transient and leaves no partial file', async () => {
  await writeFile(directory, 'in the way');
  await expect(outbox.send(MAIL)).rejects.toMatchObject({ name: 'MailError', transient: true });
  expect(await readdir(home)).toEqual(['mail']);
});

test('rejects an event id that is a path', async () => {
  await expect(outbox.send({ ...MAIL, id: '../outside' })).rejects.toMatchObject({ transient: false });
  expect(await readdir(home)).toEqual([]);
});
