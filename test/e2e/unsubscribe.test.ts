// Unsubscribing from a kind of mail, from the mail through the page or the mail program to the preferences.
import { TOPOLOGIES } from '../support/installation.ts';
import type { Mail } from '../support/mail-server.ts';
import { NatsClient } from '../support/nats-client.ts';
import { newAddress } from '../support/people.ts';
import { signUpPerson, type Person } from '../support/person.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';

const PREFERENCES = '/v1/me/notifications';

describe.each(TOPOLOGIES)('a link that unsubscribes, %s', (topology) => {
  let installation: SharedInstallation;
  let ada: Person;
  let mail: Mail;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    const { server, mails } = installation;
    ada = await signUpPerson(server.url, mails, newAddress());
    await ada.api.patch(PREFERENCES, { task_due_soon: true });
    const due_at = new Date(Date.now() + 60 * 60_000).toISOString();
    await ada.api.post('/v1/tasks', { title: 'Soon', assignee_id: ada.id, due_at });
    mail = await mails.mailTo(ada.email, /^Due soon: Soon$/);
  });
  beforeEach(() => ada.api.patch(PREFERENCES, { task_due_soon: true, timer_forgotten: true }));

  function open(options: RequestInit = {}, link = mail.link): Promise<Response> {
    return fetch(new URL(link, installation.server.url), { redirect: 'error', ...options });
  }

  async function isOn(): Promise<unknown> {
    const { body } = await ada.api.get<object>(PREFERENCES);
    return [Reflect.get(body, 'task_due_soon'), Reflect.get(body, 'timer_forgotten')];
  }

  test('is in the headers and in the text of the mail', () => {
    const { pathname, searchParams } = new URL(mail.link, installation.server.url);
    expect([pathname, [...searchParams.keys()]]).toEqual(['/unsubscribe', ['token']]);
    expect(mail.unsubscribe).toMatch(/^<https?:\/\/[^/]+(\/.*)>$/);
    expect(mail.unsubscribe.endsWith(`${mail.link}>`)).toBe(true);
    expect(mail.unsubscribePost).toBe('List-Unsubscribe=One-Click');
    expect(mail.text).toContain('Your task “Soon” in the list “Inbox” is due on ');
  });

  test('changes nothing when a scanner opens it', async () => {
    for (const method of ['GET', 'HEAD']) expect((await open({ method })).status).toBe(200);
    expect(await isOn()).toEqual([true, true]);
  });

  test('turns off one kind of mail by the button of its page, without sign-in', async () => {
    const page = await open();
    const [, action = ''] = /<form method="post" action="([^"]+)">/.exec(await page.text()) ?? [];
    expect([page.headers.get('cache-control'), page.headers.get('referrer-policy')]).toEqual([
      'no-store',
      'no-referrer',
    ]);
    const pressed = await open({ method: 'POST', body: new URLSearchParams() }, action.replaceAll('&amp;', '&'));
    expect([pressed.status, await pressed.text()]).toEqual([200, expect.stringContaining('You no longer receive')]);
    expect(await isOn()).toEqual([false, true]);
  });

  test.each([
    ['urlencoded', new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })],
    ['multipart', oneClickForm()],
  ])('turns it off by the one click of a mail program (%s), also when repeated', async (_what, body) => {
    const turn = async (): Promise<number> => (await open({ method: 'POST', body })).status;
    expect([await turn(), await turn()]).toEqual([200, 200]);
    expect(await isOn()).toEqual([false, true]);
  });

  test.each([
    ['another kind', (link: string) => link.replace('.task_due_soon.', '.timer_forgotten.'), 422],
    ['an unknown kind', (link: string) => link.replace('.task_due_soon.', '.everything.'), 422],
    ['no token', () => '/unsubscribe', 422],
    ['two tokens', (link: string) => `${link}&token=x`, 422],
  ])('is refused with %s', async (_what, change, status) => {
    const answer = await open({ method: 'POST', body: new URLSearchParams() }, change(mail.link));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
    expect(await isOn()).toEqual([true, true]);
  });

  test('is neither in the log nor open to clients of the bus', async () => {
    const token = new URL(mail.link, installation.server.url).searchParams.get('token') ?? '';
    await open({ method: 'POST', body: new URLSearchParams() });
    await open({}, `/unsubscribed?token=${token}`);
    const signature = token.split('.')[2] ?? token;
    expect(installation.server.output().includes(signature)).toBe(false);
    const client = await NatsClient.connect(installation.nats.url, ada.token);
    try {
      const refused = await client
        .call('internal.notifications.unsubscribe', { token })
        .catch((error: unknown) => error);
      expect(refused).not.toMatchObject({ status: 200 });
    } finally {
      await client.close();
    }
  });
});

function oneClickForm(): FormData {
  const form = new FormData();
  form.set('List-Unsubscribe', 'One-Click');
  return form;
}
