// Mails by a real SMTP server, from what somebody does to what they read and follow.
import { createInstallation, TOPOLOGIES, type Installation } from '../support/installation.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { ApiClient } from '../support/api-client.ts';

const PASSWORD = 'correct horse battery staple';

describe.each(TOPOLOGIES)('mails about an account, %s', (topology) => {
  let installation: Installation;
  let mails: MailServer;
  let server: ServerProcess;
  let stranger: ApiClient;

  beforeAll(async () => {
    mails = await startMailServer();
    installation = await createInstallation(topology);
    server = await installation.startServer({ env: mails.env });
    stranger = new ApiClient(server.url);
  });
  afterAll(async () => {
    await installation?.end();
    await mails?.stop();
  });

  /** Opens the link as a mail scanner does, and then as a person does, who presses the button. */
  async function follow(link: string, more: Record<string, string> = {}): Promise<number[]> {
    const url = new URL(link, server.url);
    const opened = [await fetch(url), await fetch(url)].map(({ status }) => status);
    const body = new URLSearchParams({ token: url.searchParams.get('token') ?? '', ...more });
    const posted = await fetch(new URL(url.pathname, server.url), { method: 'POST', body });
    return [...opened, posted.status];
  }

  async function signIn(email: string, password = PASSWORD, userAgent = 'first'): Promise<number> {
    return (await stranger.post('/v1/auth/sign-in', { email, password }, { 'user-agent': userAgent })).status;
  }

  test('who signs up follows the link in the mail, and can sign in then', async () => {
    const email = 'ada@example.com';
    await stranger.post('/v1/auth/sign-up', { email, password: PASSWORD, name: 'Ada' });
    const mail = await mails.mailTo(email, /^Confirm your email/);
    expect(mail.text).toContain('Hello Ada,');
    expect(await signIn(email)).toBe(403);
    expect(await follow(mail.link)).toEqual([200, 200, 200]);
    expect(await signIn(email)).toBe(200);
    expect(await follow(mail.link)).toEqual([200, 200, 422]);
  });
});
