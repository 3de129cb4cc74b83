// The daily digest through a real SMTP server.
import { Client } from 'pg';
import { TOPOLOGIES } from '../support/installation.ts';
import { NOON_ZONE, noonDate } from '../support/noon.ts';
import { newAddress } from '../support/people.ts';
import { signUpPerson } from '../support/person.ts';
import { sharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

describe.each(TOPOLOGIES)('the daily digest, %s', (topology) => {
  test('is one mail with all due tasks by name, and ends with one click', async () => {
    const { server, mails, database } = await sharedInstallation(topology);
    const ada = await signUpPerson(server.url, mails, newAddress());
    expect((await ada.api.patch('/v1/me', { timezone: NOON_ZONE })).status).toBe(200);
    for (const [title, days] of [
      ['Knead', -3],
      ['Bake', 0],
      ['Sell', 1],
      ['Sweep', 9],
    ] as const) {
      const { status } = await ada.api.post('/v1/tasks', { title, assignee_id: ada.id, due_on: noonDate(days) });
      expect(status).toBe(201);
    }
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      const known = 'SELECT 1 FROM notifications.task WHERE assignee_id = $1';
      await until('all tasks are known', async () => (await client.query(known, [ada.id])).rowCount === 4);
      // The user is new: the first digest would be that of tomorrow.
      const started = `UPDATE notifications.digest SET since = since - interval '2 days', next_at = now() WHERE user_id = $1`;
      expect((await client.query(started, [ada.id])).rowCount).toBe(1);
    } finally {
      await client.end();
    }
    const mail = await mails.mailTo(ada.email, /^Your tasks/);
    expect(mail.subject).toBe('Your tasks: 1 overdue, 1 due today, 1 due tomorrow');
    expect(mail.text.match(/^(?:Overdue|Due today|Due tomorrow|- \w+ \(Inbox\))/gm)).toEqual([
      'Overdue',
      '- Knead (Inbox)',
      'Due today',
      '- Bake (Inbox)',
      'Due tomorrow',
      '- Sell (Inbox)',
    ]);
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
    expect((await fetch(new URL(mail.link, server.url), { method: 'POST', body })).status).toBe(200);
    expect((await ada.api.get('/v1/me/notifications')).body).toMatchObject({
      daily_digest: false,
      task_assigned: true,
    });
    expect((await mails.received(ada.email)).filter(({ subject }) => subject.startsWith('Your tasks'))).toHaveLength(1);
    expect((await mails.received(ada.email)).filter(({ subject }) => subject.startsWith('Due soon'))).toEqual([]);
  });
});
