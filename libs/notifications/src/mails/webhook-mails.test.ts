import { webhookDisabledMail, type DisabledFacts } from './webhook-mails.js';

const WORKSPACE = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d70';
const ADA = { id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d71', address: 'ada@example.com', name: 'Ada', timezone: 'UTC' };
const BOB = { id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d72', address: 'bob@example.com', name: 'Bob', timezone: 'UTC' };
const EVE = { id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d73', address: 'eve@example.com', name: 'Eve', timezone: 'UTC' };
const EVENT: DisabledFacts = {
  workspace_id: WORKSPACE,
  request_id: 'webhooks',
  occurred_at: '2025-11-21T08:05:00.000Z',
  reason: 'failing',
  url_host: 'example.com:8443',
  description: 'Wallboard',
  creator_user_id: ADA.id,
  failing_since: '2025-11-18T08:00:00.000Z',
};

/** Pages of members, as auth returns them. */
const PAGES = [
  [
    { id: ADA.id, role: 'admin', joined_at: '2025-01-01T00:00:00Z' },
    { id: EVE.id, role: 'owner', joined_at: '2025-03-01T00:00:00Z' },
  ],
  [{ id: BOB.id, role: 'owner', joined_at: '2025-02-01T00:00:00Z' }],
];

function written(changes: Partial<DisabledFacts> = {}, { former = '', pages = PAGES } = {}) {
  const contacts = [ADA, BOB, EVE].filter(({ id }) => id !== former);
  const contact = (id: string) => Promise.resolve(contacts.find((user) => user.id === id));
  const people = {
    recipient: contact,
    member: (workspaceId: string, id: string) => (workspaceId === WORKSPACE ? contact(id) : Promise.resolve(undefined)),
  };
  const request = (_operation: unknown, { cursor = '0' }: { cursor?: string }) => {
    const next = Number(cursor) + 1;
    const page = { limit: 500, next_cursor: next < pages.length ? String(next) : null, total: 3 };
    return Promise.resolve({ items: pages[Number(cursor)] ?? [], page });
  };
  return webhookDisabledMail({ request: request as never })({ ...EVENT, ...changes }, people as never);
}

test('the creator learns which webhook was disabled, when and why', async () => {
  expect(await written()).toMatchObject({
    to: 'ada@example.com',
    subject: 'Webhook disabled: example.com:8443',
    text: expect.stringContaining(
      'The webhook to example.com:8443 (“Wallboard”) was disabled on Friday, 21 November 2025, 08:05 (UTC). ' +
        'All attempts to deliver to it have failed since Tuesday, 18 November 2025, 08:00 (UTC).',
    ),
  });
});

test.each([
  ['gone', 'answered 410 Gone'],
  ['backlog', 'Too many deliveries to it were pending.'],
  ['creator', 'may no longer manage webhooks'],
  ['filter', 'Its filter was deleted'],
] as const)('the reason %s is explained', async (reason, words) => {
  const mail = await written({ reason, description: '', failing_since: null });
  expect(mail?.text).toContain('The webhook to example.com:8443 was disabled');
  expect(mail?.text).toContain(words);
});

test('the owner that joined first gets the mail about the webhook of an API key', async () => {
  expect(await written({ creator_user_id: null })).toMatchObject({ to: 'bob@example.com' });
});

test('the owner gets it if the creator has left the workspace', async () => {
  expect(await written({}, { former: ADA.id })).toMatchObject({ to: 'bob@example.com' });
});

test('no mail is sent in a workspace without users', async () => {
  expect(await written({ creator_user_id: null }, { pages: [[]] })).toBeUndefined();
});
