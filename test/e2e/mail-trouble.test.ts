// No mail is lost when the mail server fails or a node is killed, and duplicates have the same Message-ID.
import { ApiClient } from '../support/api-client.ts';
import { createInstallation, TOPOLOGIES, type Installation } from '../support/installation.ts';
import { startMailServer, type Conduct, type Mail, type MailServer } from '../support/mail-server.ts';
import { newAddress } from '../support/people.ts';
import { followLink, PASSWORD, signUpPerson } from '../support/person.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { unsettled } from '../support/streams.ts';
import { until } from '../support/until.ts';

interface Letter {
  id: string;
  consumer: string;
  subject: string;
  attempts: number;
  error: { code: string; message: string };
}

const LETTERS = '/v1/admin/dead-letters';
/** Longer than a busy mail server takes: a mail that it has received would be sent again. */
const SHORT = '10';
/** Messages of a killed node are redelivered after half a minute. */
const REDELIVERED = { limitMs: 200_000 };

async function signUp({ url }: ServerProcess, email: string): Promise<void> {
  await new ApiClient(url).post('/v1/auth/sign-up', { email, password: PASSWORD, name: 'Ada' });
}

async function openLetters({ api }: ServerProcess): Promise<Letter[]> {
  return (await api.get<{ items: Letter[] }>(`${LETTERS}?status=open`)).body.items;
}

describe.each(TOPOLOGIES)('mails during failures, %s', (topology) => {
  let installation: Installation;
  let mails: MailServer;
  let server: ServerProcess;

  beforeAll(async () => {
    mails = await startMailServer();
    installation = await createInstallation(topology);
    server = await installation.startServer({ env: { ...mails.env, SMTP_TIMEOUT_SECONDS: SHORT } });
  });
  beforeEach(() => mails.conduct('take'));
  afterAll(async () => {
    await installation?.end();
    await mails?.stop();
  });

  async function sentTo(email: string): Promise<Mail[]> {
    return (await mails.received()).filter(({ to }) => to === email);
  }

  async function allSettled(): Promise<void> {
    await until(
      'all mails are settled',
      async () =>
        (await unsettled(installation.nats.url, 'EVENTS_AUTH', 'notifications-email_verification_requested')) === 0,
    );
  }

  test('a rejected mail becomes a dead letter at once, and a retry sends it', async () => {
    const email = 'refused@example.com';
    await mails.conduct('refuse');
    await signUp(server, email);
    const letter = await until('the dead letter is there', async () => (await openLetters(server))[0]);
    expect(letter).toMatchObject({
      consumer: 'notifications-email_verification_requested',
      subject: 'events.auth.v1.email_verification_requested',
      attempts: 1,
      error: { code: 'mail_refused' },
    });
    expect(letter.error.message).toContain('550 5.1.1 No such mailbox');
    await mails.conduct('take');
    await server.api.post(`${LETTERS}/${letter.id}/retry`, {});
    const mail = await mails.mailTo(email, /^Confirm/);
    expect((await followLink(server.url, mail.link)).status).toBe(200);
    await until('no letter is open', async () => (await openLetters(server)).length === 0);
    expect(await sentTo(email)).toHaveLength(1);
  });

  test.each<[string, Conduct]>([
    ['defers', 'defer'],
    ['hangs', 'hang'],
    ['drops', 'drop'],
  ])('a server that %s delays mails only, and each arrives once afterwards', async (_what, conduct) => {
    const email = `${conduct}@example.com`;
    const before = await mails.connections();
    // Drops the open connections, so that the mail needs a new one.
    await mails.conduct(conduct, true);
    await signUp(server, email);
    await until('a send was attempted', async () => (await mails.connections()) > before);
    expect((await server.api.post('/v1/tasks', { title: 'Meanwhile' })).status).toBe(201);
    expect(await sentTo(email)).toEqual([]);
    // A hanging connection is left to the timeout.
    await mails.conduct('take', conduct !== 'hang');
    const { link } = await mails.mailTo(email, /^Confirm/);
    await allSettled();
    expect(await sentTo(email)).toHaveLength(1);
    const page = await followLink(server.url, link);
    expect({ status: page.status, page: await page.text() }).toMatchObject({ status: 200 });
    expect(await openLetters(server)).toEqual([]);
  });

  test('a mail without a reply is sent again with the same Message-ID', async () => {
    const email = 'twice@example.com';
    await mails.conduct('swallow', true);
    await signUp(server, email);
    await until('the mail server has received it', async () => (await sentTo(email)).length > 0);
    await mails.conduct('take', true);
    await allSettled();
    const ids = (await sentTo(email)).map(({ messageId }) => messageId);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('a node that sends mails', () => {
  let installation: Installation;
  let mails: MailServer;
  let others: ServerProcess;

  const senders: ServerProcess[] = [];

  beforeAll(async () => {
    mails = await startMailServer();
    installation = await createInstallation();
    others = await startOthers();
  });
  afterEach(async () => {
    await Promise.all(senders.splice(0).map((sender) => sender.stop()));
    await mails.conduct('take', true);
  });
  afterAll(async () => {
    await installation?.end();
    await mails?.stop();
  });

  function startOthers(): Promise<ServerProcess> {
    return installation.startServer({ env: { MODULES: 'auth,tasks' } });
  }

  async function startSender(env: Record<string, string> = {}): Promise<ServerProcess> {
    const sender = await installation.startServer({ env: { ...mails.env, MODULES: 'notifications', ...env } });
    senders.push(sender);
    return sender;
  }

  async function untilVisited(before: number): Promise<void> {
    await until('the mail server is connected', async () => (await mails.connections()) > before);
  }

  test('is killed during a send: another node sends the mail with the same Message-ID', async () => {
    const email = newAddress();
    const sender = await startSender();
    await mails.conduct('swallow');
    await signUp(others, email);
    await until('the mail server has received it', async () => (await mails.received(email)).length === 1);
    await sender.kill('SIGKILL');
    await mails.conduct('take');
    await startSender();
    const all = await until(
      'it is sent again',
      async () => {
        const received = await mails.received(email);
        return received.length === 2 && received;
      },
      REDELIVERED,
    );
    expect(new Set(all.map(({ messageId }) => messageId)).size).toBe(1);
    expect(all.map(({ to }) => to)).toEqual([email, email]);
    expect((await followLink(others.url, all[1]?.link ?? '')).status).toBe(200);
  });

  test('sends mails of other kinds while many of one kind hang', async () => {
    await startSender({ SMTP_TIMEOUT_SECONDS: '60' });
    const { email } = await signUpPerson(others.url, mails, newAddress());
    const before = await mails.connections();
    await mails.conduct('stall');
    const slow = Array.from({ length: 12 }, (_, index) => `n${index}@slow.example`);
    await Promise.all(slow.map((address) => signUp(others, address)));
    await until('they hang', async () => (await mails.connections()) >= before + 3);
    await new ApiClient(others.url).post('/v1/auth/forgot-password', { email });
    await mails.mailTo(email, /^Reset/);
    expect((await mails.received()).filter(({ to }) => to.endsWith('slow.example'))).toEqual([]);
    await mails.conduct('take', true);
    for (const address of slow) await mails.mailTo(address, /^Confirm/);
  });

  test('sends mails of events from before its start', async () => {
    const email = newAddress();
    await signUp(others, email);
    await startSender();
    expect((await mails.mailTo(email, /^Confirm/)).link).toContain('token=');
  });

  test('stops in time while the mail server hangs, and another node sends the mail', async () => {
    const email = newAddress();
    const sender = await startSender({ SMTP_TIMEOUT_SECONDS: '300', SHUTDOWN_TIMEOUT_SECONDS: '4' });
    await mails.conduct('hang');
    const before = await mails.connections();
    await signUp(others, email);
    await untilVisited(before);
    expect(await sender.stop()).toBe(0);
    await mails.conduct('take', true);
    await startSender();
    await mails.mailTo(email, /^Confirm/);
    expect(await mails.received(email)).toHaveLength(1);
  });

  test('waits for auth, which creates the link', async () => {
    const email = newAddress();
    const sender = await startSender();
    await mails.conduct('defer');
    const before = await mails.connections();
    await signUp(others, email);
    await untilVisited(before);
    await others.stop();
    await until('auth was asked', () => sender.output().includes('No node runs auth'));
    // Not before: an attempt that has its link sends the mail.
    await mails.conduct('take');
    expect(await mails.received(email)).toEqual([]);
    others = await startOthers();
    await mails.mailTo(email, /^Confirm/);
    expect(await mails.received(email)).toHaveLength(1);
  });

  test('moves a mail to the dead letters after the retry period, and a retry sends it', async () => {
    const email = newAddress();
    await startSender({ MAIL_RETRY_MINUTES: '0' });
    await mails.conduct('defer');
    await signUp(others, email);
    const letter = await until('the dead letter is there', async () => (await openLetters(others))[0]);
    expect(letter).toMatchObject({ attempts: 1, error: { code: 'mail_unsent' } });
    await mails.conduct('take');
    await others.api.post(`${LETTERS}/${letter.id}/retry`, {});
    await mails.mailTo(email, /^Confirm/);
  });
});
