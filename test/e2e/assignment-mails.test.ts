// Mails about assignments through a real SMTP server.
import { TOPOLOGIES } from '../support/installation.ts';
import { newAddress } from '../support/people.ts';
import { followLink, signUpPerson } from '../support/person.ts';
import { sharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

describe.each(TOPOLOGIES)('mails about assignments, %s', (topology) => {
  test('reach the assignee only, name people and lists, and name each task once', async () => {
    const { server, mails } = await sharedInstallation(topology);
    const [grace, ada] = await Promise.all([
      signUpPerson(server.url, mails, newAddress('grace'), 'Grace'),
      signUpPerson(server.url, mails, newAddress()),
    ]);
    await grace.api.post('/v1/invites', { email: ada.email, role: 'member' });
    await followLink(server.url, (await mails.mailTo(ada.email, /invites you/)).link);
    const list = await grace.api.post<{ id: string }>('/v1/lists', { title: 'Bakery' });
    const make = (title: string, assignee: string) =>
      grace.api.post('/v1/tasks', { title, list_id: list.body.id, assignee_id: assignee });
    expect((await make('Mine', grace.id)).status).toBe(201);
    expect((await make('Knead', ada.id)).status).toBe(201);
    const mail = await mails.mailTo(ada.email, /^Grace assigned you a task: Knead$/);
    expect(mail.text).toContain('Grace assigned you the task “Knead” in the list “Bakery”.');
    expect(mail.text).not.toContain(grace.id);
    expect(mail.unsubscribe).toContain('.task_assigned.');
    const titles = Array.from({ length: 12 }, (_, index) => `Loaf ${index + 10}`);
    const operations = titles.map((title) => ({
      op: 'create',
      task: { title, list_id: list.body.id, assignee_id: ada.id },
    }));
    expect((await grace.api.post('/v1/tasks/batch', { operations })).status).toBe(200);
    const texts = async (): Promise<string> =>
      (await mails.received(ada.email)).map(({ subject, text }) => `${subject}\n${text}`).join('\n');
    await until('all are mailed', async () => {
      const text = await texts();
      return titles.every((title) => text.includes(title));
    });
    const lines = (await texts()).split('\n');
    for (const title of titles) expect(lines.filter((line) => line.includes(`- ${title} `)).length).toBeLessThan(2);
    const toGrace = await mails.received(grace.email);
    expect(toGrace.filter(({ subject }) => subject.includes('assigned'))).toEqual([]);
  });
});
