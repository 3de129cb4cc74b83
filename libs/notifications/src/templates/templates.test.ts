import { OPTIONAL_MAILS } from '../../contract/index.js';
import { templates, type TemplateName } from './index.js';

const LINK = 'https://mono.example/go?token=abc&mail=1';
const UNSUBSCRIBE = 'https://mono.example/unsubscribe?token=abc.task_due_soon.def';
const EXPIRES = '2025-11-21T13:05:00Z';
const HOSTILE = `<script>alert("1")</script>' onload='x\r\nBcc: eve@example.com\u202E`;

/** Every mail with `words` in place of all text of users. */
function mails(words: string, link = LINK) {
  const letter = { name: words, link, expiresAt: EXPIRES, timeZone: 'Europe/Berlin' };
  const notice = { name: words, at: EXPIRES, timeZone: 'Europe/Berlin' };
  const optional = { ...notice, unsubscribe: UNSUBSCRIBE };
  return {
    verify_email: templates.verify_email(letter),
    sign_up_repeated: templates.sign_up_repeated(letter),
    reset_password: templates.reset_password(letter),
    change_email: templates.change_email(letter),
    invite: templates.invite({ ...letter, inviterName: words, workspaceName: words }),
    email_changed: templates.email_changed(notice),
    password_changed: templates.password_changed(notice),
    new_sign_in: templates.new_sign_in({ ...notice, device: words, ipAddress: words }),
    identity_linked: templates.identity_linked({ ...notice, provider: words }),
    identity_unlinked: templates.identity_unlinked({ ...notice, provider: words }),
    account_deleted: templates.account_deleted(notice),
    task_due_soon: templates.task_due_soon({ ...optional, title: words, list: words, due: { at: EXPIRES } }),
    task_assigned: templates.task_assigned({
      ...optional,
      assigner: words,
      tasks: [{ title: words, list: words, due: { at: EXPIRES }, by: words }],
      total: 1,
    }),
    daily_digest: templates.daily_digest({
      ...optional,
      day: '2025-11-21',
      sections: [{ name: 'overdue', tasks: [{ title: words, list: words, due: { at: EXPIRES } }], more: 0 }],
    }),
    webhook_disabled: templates.webhook_disabled({
      ...notice,
      host: words,
      description: words,
      reason: 'failing',
      failingSince: EXPIRES,
    }),
    timer_forgotten: templates.timer_forgotten({ ...optional, title: words, since: EXPIRES }),
  } satisfies Record<TemplateName, unknown>;
}
const names = Object.keys(templates) as TemplateName[];
const LINKED = ['verify_email', 'sign_up_repeated', 'reset_password', 'change_email', 'invite'] as const;

describe.each(LINKED)('%s', (name) => {
  test('contains its link in both parts', () => {
    const mail = mails('Ann')[name];
    expect(mail.text).toContain(`\n${LINK}\n`);
    expect(mail.html).toContain(`href="${LINK.replace('&', '&amp;')}"`);
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', '/relative', 'https://user:pass@mono.example', 'no link'])(
    'rejects the link %j without quoting it',
    (link) => {
      const make = () => mails('Ann', link)[name];
      expect(make).toThrow(TypeError);
      expect(make).not.toThrow(link);
    },
  );
});

describe.each(names)('%s', (name) => {
  const mail = mails('Ann')[name];

  test('has the same text in both parts, with the local time', () => {
    expect(mail.text).toContain('Hello Ann,');
    expect(mail.html).toContain('Hello Ann,');
    for (const part of [mail.text, mail.html]) {
      // The digest names the zone once.
      expect(part).toMatch(
        /Friday, 21 November 2025, 14:05(?: \(Europe\/Berlin, UTC\+01:00\)|[\s\S]* zone Europe\/Berlin)/,
      );
    }
  });

  test('is in English and has a subject', () => {
    expect(mail.html).toContain('<html lang="en">');
    expect(mail.subject).not.toBe('');
  });

  test('escapes hostile text', () => {
    const { subject, text, html } = mails(HOSTILE)[name];
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; onload=&#39;x Bcc:');
    expect(html).not.toMatch(/<script|onload='/i);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).not.toMatch(/^Bcc:/m);
    for (const part of [subject, text, html]) expect(part).not.toContain('\u202E');
  });

  test('shortens long text', () => {
    const { subject, text } = mails('😀'.repeat(5_000))[name];
    expect(text.length).toBeLessThan(2_000);
    expect(subject.length).toBeLessThan(450);
    expect(text.isWellFormed()).toBe(true);
  });
});

test('no subject contains the token of a link', () => {
  for (const { subject } of Object.values(mails('Ann'))) expect(subject).not.toContain('abc');
});

describe('a mail about several assignments', () => {
  const tasks = [
    { title: 'Bake\nbread', list: 'Home', due: { at: EXPIRES }, by: 'Grace' },
    { title: 'Slice <it>', list: '', due: { on: '2025-11-22' }, by: 'Bob' },
  ];
  const data = { name: 'Ann', tasks, total: 2, timeZone: 'Europe/Berlin', unsubscribe: UNSUBSCRIBE };

  test('names its assigner once, lists and due dates', () => {
    const { subject, text, html } = templates.task_assigned({ ...data, assigner: 'Grace', total: 7 });
    expect(subject).toBe('Grace assigned you 7 tasks');
    expect(text).toContain(
      [
        'Grace assigned you 7 tasks:\n',
        '- Bake bread (Home), due on Friday, 21 November 2025, 14:05',
        '- Slice <it>, due on Saturday, 22 November 2025',
        '- and 5 more\n',
        'Times are in the time zone Europe/Berlin.',
      ].join('\n'),
    );
    expect(html).toContain('Slice &lt;it&gt;, due on Saturday, 22 November 2025</li>');
  });

  test('names each assigner if there are several', () => {
    const { subject, text } = templates.task_assigned({ ...data, assigner: null });
    expect(subject).toBe('2 tasks were assigned to you');
    expect(text).toContain('14:05, by Grace\n- Slice <it>, due on Saturday, 22 November 2025, by Bob\n');
    expect(text).not.toContain('more');
  });
});

test('the digest says when each task is or was due, without what is clear from its section', () => {
  const tasks = [
    { title: 'Bake', list: 'Home', due: { at: EXPIRES } },
    { title: 'Sweep', list: '', due: { on: '2025-11-21' } },
  ];
  const sections = (['overdue', 'today', 'tomorrow', 'assigned'] as const).map((name) => ({ name, tasks, more: 0 }));
  const data = { name: 'Ann', day: '2025-11-21', timeZone: 'Europe/Berlin', unsubscribe: UNSUBSCRIBE };
  const { subject, text } = templates.daily_digest({ ...data, sections });
  expect(subject).toBe('Your tasks: 2 overdue, 2 due today, 2 due tomorrow, 2 newly assigned');
  expect(text).toContain(
    [
      'Here are your tasks for Friday, 21 November 2025.\n',
      'Overdue',
      '- Bake (Home), was due on Friday, 21 November 2025, 14:05',
      '- Sweep, was due on Friday, 21 November 2025\n',
      'Due today',
      '- Bake (Home), 14:05',
      '- Sweep\n',
      'Due tomorrow',
      '- Bake (Home), 14:05',
      '- Sweep\n',
      'Newly assigned',
      '- Bake (Home), due on Friday, 21 November 2025, 14:05',
    ].join('\n'),
  );
});

test('mails that a user may turn off have an unsubscribe link in both parts, others have none', () => {
  for (const [name, { text, html }] of Object.entries(mails('Ann'))) {
    const optional = (OPTIONAL_MAILS as readonly string[]).includes(name);
    expect([name, text.includes(UNSUBSCRIBE), html.includes(`href="${UNSUBSCRIBE}"`)]).toEqual([
      name,
      optional,
      optional,
    ]);
  }
});

test('greets a user without a name', () => {
  expect(mails(' ').verify_email.text).toMatch(/^Hello,\n/);
});

function dueText(due: { at: string } | { on: string }, timeZone: string): string {
  return templates.task_due_soon({ name: 'Ann', title: 'Bake', list: '', due, timeZone, unsubscribe: UNSUBSCRIBE })
    .text;
}

test('omits the expiry of a link if it is unknown', () => {
  const { text } = templates.invite({
    name: '',
    link: LINK,
    timeZone: 'UTC',
    inviterName: 'Bob',
    workspaceName: 'Home',
  });
  expect(text).toContain('The link works once.');
});

describe('times', () => {
  test.each([
    [{ at: '2025-07-01T22:30:00Z' }, 'Asia/Kolkata', 'Wednesday, 2 July 2025, 04:00 (Asia/Kolkata, UTC+05:30)'],
    [{ at: '2025-10-26T00:30:00Z' }, 'Europe/Berlin', 'Sunday, 26 October 2025, 02:30 (Europe/Berlin, UTC+02:00)'],
    [{ at: '2025-10-26T01:30:00Z' }, 'Europe/Berlin', 'Sunday, 26 October 2025, 02:30 (Europe/Berlin, UTC+01:00)'],
    [{ at: '2025-07-01T22:30:00Z' }, 'Mars/Olympus', 'Tuesday, 1 July 2025, 22:30 (UTC)'],
    [{ on: '2025-07-01' }, 'Asia/Kolkata', 'is due on Tuesday, 1 July 2025.'],
  ])('%j in %s is %s', (when, zone, text) => {
    expect(dueText(when, zone)).toContain(text);
  });
});
