// The mail about a disabled webhook, from the answer of the receiver to its creator.
import type { Webhook } from '@mono/webhooks/contract';
import { TOPOLOGIES } from '../support/installation.ts';
import { newAddress } from '../support/people.ts';
import { signUpPerson } from '../support/person.ts';
import { sharedInstallation } from '../support/shared-installation.ts';
import { Receiver } from '../support/webhook-receiver.ts';

describe.each(TOPOLOGIES)('a webhook whose receiver wants no more, %s', (topology) => {
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await Receiver.start();
    receiver.answer = () => ({ status: 410 });
  });
  afterAll(() => receiver?.close());

  test('is disabled, and its creator gets one mail', async () => {
    const { server, mails } = await sharedInstallation(topology);
    const email = newAddress('subscriber');
    const { api } = await signUpPerson(server.url, mails, email);
    const url = `${receiver.url}?token=hidden`;
    const webhook = { url, event_types: ['tasks.*'], description: 'Wallboard' };
    const { status, body } = await api.post<Webhook>('/v1/webhooks', webhook);
    expect(status).toBe(201);
    expect((await api.post('/v1/tasks', { title: 'Water the plants' })).status).toBe(201);
    const { subject, text } = await mails.mailTo(email, /^Webhook disabled/);
    const { host } = new URL(url);
    expect(subject).toBe(`Webhook disabled: ${host}`);
    expect(text).toContain(`The webhook to ${host} (“Wallboard”) was disabled on `);
    expect(text).toContain('answered 410 Gone');
    expect(text).not.toContain('hidden');
    const { body: now } = await api.get<Webhook>(`/v1/webhooks/${body.id}`);
    expect(now).toMatchObject({ enabled: false, disabled_reason: 'gone' });
    expect((await mails.received(email)).filter(({ subject: of }) => of === subject)).toHaveLength(1);
  });
});
