import { DomainError } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { MailError, Mailer, type Mail } from '../mail/mailer.js';
import type { Written } from './account-mails.js';
import { isFinal, SendMail } from './send-mail.js';

const SECRET = 'Fzl9YYTYTIPmlN-GzDzqWWZvn4y3Fs4RM9_49R0fI38';
const WRITTEN: Written = {
  to: 'ada@example.com',
  subject: 'Reset',
  text: 'text',
  html: 'html',
  link: `https://mono.example/reset-password?token=01a1fd34-fed3-79ca-a903-5a1ae726ae41.${SECRET}`,
};
const EVENT = { id: '01a1fd34-fed3-79ca-a903-5a1ae726ae41', event: 'password_reset_requested', request_id: 'test' };

class Inbox implements Executor {
  readonly noted = new Set<unknown>();
  full = false;

  async query<Row extends object>(statement: { text: string }, values: readonly unknown[] = []): Promise<Row[]> {
    if (!statement.text.startsWith('INSERT')) return this.noted.has(values[1]) ? [{} as Row] : [];
    if (this.full) throw new Error('the disk is full');
    this.noted.add(values[1]);
    return [];
  }

  afterCommit(work: () => void): void {
    work();
  }
}

class TestMailer extends Mailer {
  readonly sent: Mail[] = [];
  failure: Error | undefined;

  async send(mail: Mail): Promise<void> {
    if (this.failure) throw this.failure;
    this.sent.push(mail);
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}

describe('send', () => {
  let inbox: Inbox;
  let mailer: TestMailer;
  let lines: unknown[];

  beforeEach(() => {
    inbox = new Inbox();
    mailer = new TestMailer();
    lines = [];
  });

  const log = (...line: unknown[]): void => void lines.push(line);

  function send(written?: Written): Promise<void> {
    const bus = { request: () => Promise.reject(new Error('unexpected request')) };
    const sender = new SendMail(inbox, bus, mailer, { debug: log, info: log, warn: log });
    return sender.send(EVENT, () => Promise.resolve(written), { signal: new AbortController().signal });
  }

  test('sends an event once, with its id, and logs no secret', async () => {
    await send(WRITTEN);
    await send(WRITTEN);
    expect(mailer.sent).toEqual([
      { id: EVENT.id, to: 'ada@example.com', subject: 'Reset', text: 'text', html: 'html', unsubscribe: undefined },
    ]);
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });

  test('resolves if the sent mail cannot be recorded', async () => {
    inbox.full = true;
    await send(WRITTEN);
    expect(mailer.sent).toHaveLength(1);
    expect(JSON.stringify(lines)).toContain('Failed to record');
  });

  test('resolves if there is nothing to send', async () => {
    await send();
    expect([mailer.sent, inbox.noted.size]).toEqual([[], 0]);
  });

  test.each([
    [new MailError('550 no', false), 'mail_refused', true],
    [new MailError('451 later', true), 'mail_unsent', false],
  ])('reports %s as %s and records no mail', async (failure, code, final) => {
    mailer.failure = failure;
    const error = await send(WRITTEN).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, message: failure.message });
    expect(isFinal(error)).toBe(final);
    expect(inbox.noted.size).toBe(0);
  });

  test.each([
    ['the link', WRITTEN.link ?? ''],
    ['its token', `01a1fd34-fed3-79ca-a903-5a1ae726ae41.${SECRET}`],
    ['its secret', SECRET],
    ['a part of it', `token=01a1fd34-fed3-79ca-a903-5a1ae726ae41.${SECRET.slice(0, 30)}`],
  ])('removes %s from the error if the server quotes it', async (_what, repeated) => {
    mailer.failure = new MailError(`554 blocked for ${repeated}`, false, `554 blocked for ${repeated}`);
    const error = (await send(WRITTEN).catch((caught: unknown) => caught)) as Error;
    const text = [error.message, error.stack, JSON.stringify(error)].join();
    expect(text).toContain('554 blocked');
    expect(text).not.toContain(SECRET.slice(0, 20));
  });
});

test('removes the unsubscribe link from the error if the server quotes it', async () => {
  const signature = 'b'.repeat(43);
  const unsubscribe = `https://mono.example/unsubscribe?token=${'a'.repeat(43)}.task_due_soon.${signature}`;
  const mailer = new TestMailer();
  mailer.failure = new MailError(`554 blocked for ${unsubscribe} or ${signature}`, false);
  const bus = { request: () => Promise.reject(new Error('unexpected request')) };
  const silent = { debug: () => {}, info: () => {}, warn: () => {} };
  const sending = new SendMail(new Inbox(), bus, mailer, silent).send(
    EVENT,
    () => Promise.resolve({ to: 'ada@example.com', subject: 'Due', text: '', html: '', unsubscribe }),
    { signal: new AbortController().signal },
  );
  await expect(sending).rejects.toMatchObject({ message: '554 blocked for [link] or [redacted]' });
});

test.each([
  [new DomainError('invalid', 'validation_error', 'No.'), true],
  [new DomainError('unavailable', 'unavailable', 'No.'), false],
  [new TypeError('No.'), false],
])('%s is final: %s', (error, final) => {
  expect(isFinal(error)).toBe(final);
});
