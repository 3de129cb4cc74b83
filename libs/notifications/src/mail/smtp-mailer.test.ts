// Sends to SMTP servers that accept, reject or fail, over real sockets.
import { connect } from 'node:net';
import { until } from '../../../../test/support/until.ts';
import { MailError, type Mail } from './mailer.js';
import { SmtpMailer, type SmtpMailerOptions } from './smtp-mailer.js';
import { smtpServerOf } from './smtp-url.js';
import { makeCertificates } from './testing/certificates.js';
import { politeUntilMessage, startMailServer, startScriptedServer, type Script } from './testing/smtp-servers.js';

const MAIL: Mail = {
  id: '019aa5c4-7d1e-7cc3-98c4-dc0c0c07398f',
  to: 'ann@example.com',
  subject: 'Grüße & more',
  text: 'Hello Ann',
  html: '<p>Hello Ann</p>',
};
const PASSWORD = 'pa55-w0rd/with:signs';
/** For sends that must time out. */
const SHORT_MS = 400;
const ENDS: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ENDS.splice(0).toReversed()) await end();
});

function ending<T extends { close: () => Promise<void> }>(thing: T): T {
  ENDS.push(() => thing.close());
  return thing;
}

const mailServer = async (...options: Parameters<typeof startMailServer>) => ending(await startMailServer(...options));
const scriptedServer = async (script: Script) => ending(await startScriptedServer(script));

function mailerTo(port: number, options: Partial<SmtpMailerOptions> & { credentials?: string; scheme?: string } = {}) {
  const { credentials = '', scheme = 'smtp', ...rest } = options;
  const server = smtpServerOf(`${scheme}://${credentials}127.0.0.1:${port}`);
  if (!server) throw new Error('The URL of the test is invalid.');
  const from = { name: 'Mono', address: 'mono@mail.example.org' };
  return ending(new SmtpMailer({ server, from, startTls: 'offered', timeoutMs: 20_000, ...rest }));
}

async function failureOf(sending: Promise<void>): Promise<MailError> {
  const error = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(MailError);
  return error as MailError;
}

const headerOf = (message = '', name = '') =>
  new RegExp(`^${name}: (.*)$`, 'm').exec(message.replaceAll(/\r\n[ \t]+/g, ' '))?.[1]?.trim();

/** The result of a handler of the test server; undefined accepts. */
const refusal = (responseCode: number | undefined, text: string) =>
  responseCode === undefined ? undefined : Object.assign(new Error(text), { responseCode });

describe('an accepted mail', () => {
  test('arrives with both parts, sender and recipient', async () => {
    const server = await mailServer();
    await mailerTo(server.port).send(MAIL);
    const [mail] = server.received;
    expect(mail).toMatchObject({ from: 'mono@mail.example.org', to: ['ann@example.com'] });
    expect(headerOf(mail?.message, 'From')).toBe('Mono <mono@mail.example.org>');
    expect(headerOf(mail?.message, 'To')).toBe('ann@example.com');
    expect(headerOf(mail?.message, 'Auto-Submitted')).toBe('auto-generated');
    expect(mail?.message).toContain('text/plain');
    expect(mail?.message).toContain('<p>Hello Ann</p>');
  });

  test('counts as sent only after the reply of the server', async () => {
    const answers: (() => void)[] = [];
    const server = await mailServer({
      onData: (stream, _session, done) => {
        stream.on('end', () => answers.push(done));
        stream.resume();
      },
    });
    let sent = false;
    const sending = mailerTo(server.port)
      .send(MAIL)
      .then(() => (sent = true));
    const accept = await until('the server has the whole message', () => answers[0]);
    expect(sent).toBe(false);
    accept();
    await sending;
  });

  test('has the same Message-ID when it is sent again, and another one per recipient and event', async () => {
    const server = await mailServer();
    const mailer = mailerTo(server.port);
    for (const mail of [MAIL, MAIL, { ...MAIL, to: 'bob@example.com' }, { ...MAIL, id: 'another-event' }]) {
      await mailer.send(mail);
    }
    const ids = server.received.map(({ message }) => headerOf(message, 'Message-ID'));
    expect(ids[0]).toMatch(/^<019aa5c4-7d1e-7cc3-98c4-dc0c0c07398f\.[0-9a-f]{16}@mail\.example\.org>$/);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  test('shares its connection with the next one', async () => {
    const server = await mailServer();
    const mailer = mailerTo(server.port);
    for (const id of ['one', 'two', 'three']) await mailer.send({ ...MAIL, id });
    expect([server.received.length, server.seen()]).toEqual([3, 1]);
  });

  test('uses another connection if the server drops an idle one', async () => {
    let mails = 0;
    const server = await mailServer({
      onMailFrom: (_address, _session, done) => {
        mails += 1;
        if (mails === 2) server.drop();
        else done();
      },
    });
    const mailer = mailerTo(server.port);
    for (const id of ['one', 'two']) await mailer.send({ ...MAIL, id });
    expect([server.received.length, server.seen()]).toEqual([2, 2]);
  });
});

interface Codes {
  onConnect?: number;
  onMailFrom?: number;
  onRcptTo?: number;
  onData?: number;
}

describe('a server that rejects', () => {
  test('the recipient permanently: the next mail is sent', async () => {
    const server = await mailServer({
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('ann') ? refusal(550, 'no such user') : undefined),
    });
    const mailer = mailerTo(server.port);
    const error = await failureOf(mailer.send(MAIL));
    expect(error).toMatchObject({ transient: false, code: 'mail_refused', response: '550 no such user' });
    await mailer.send({ ...MAIL, to: 'bob@example.com' });
    expect(server.received).toMatchObject([{ to: ['bob@example.com'] }]);
  });

  test.each<[string, Codes, boolean]>([
    ['the recipient for now (greylisting)', { onRcptTo: 451 }, true],
    ['the message for now', { onData: 451 }, true],
    ['the message permanently', { onData: 554 }, false],
    ['the sender, a fault of the configuration', { onMailFrom: 553 }, true],
    ['a missing password, a fault of the configuration', { onRcptTo: 530 }, true],
    ['the connection for now', { onConnect: 421 }, true],
    ['the connection permanently', { onConnect: 554 }, true],
  ])('%s', async (_what, codes: Codes, transient) => {
    const server = await mailServer({
      onConnect: (_session, done) => done(refusal(codes.onConnect, 'not now')),
      onMailFrom: (_address, _session, done) => done(refusal(codes.onMailFrom, 'not you')),
      onRcptTo: (_address, _session, done) => done(refusal(codes.onRcptTo, 'not them')),
      onData: (stream, _session, done) => {
        stream.on('end', () => done(refusal(codes.onData, 'not that')));
        stream.resume();
      },
    });
    const error = await failureOf(mailerTo(server.port).send(MAIL));
    expect(error.transient).toBe(transient);
    expect(error.response).toMatch(new RegExp(`^${Object.values(codes)[0]} `));
  });
});

describe('a failing server', () => {
  test('is unreachable: the failure is transient', async () => {
    const server = await startScriptedServer({});
    await server.close();
    const error = await failureOf(mailerTo(server.port).send(MAIL));
    expect(error).toMatchObject({ transient: true, code: 'mail_unsent', response: undefined });
  });

  const downs: [string, Script][] = [
    ['never greets', {}],
    ['is silent after the greeting', { connected: (socket) => void socket.write('220 test ESMTP\r\n') }],
    ['never replies to the message', politeUntilMessage(() => undefined)],
    [
      'sends an endless reply',
      politeUntilMessage((socket) => {
        const trickle = setInterval(() => socket.write('250-'), 50);
        socket.setMaxListeners(0).once('close', () => clearInterval(trickle));
      }),
    ],
  ];
  test.each(downs)('%s: the failure is transient, and the connection is closed', async (_what, script) => {
    const server = await scriptedServer(script);
    const error = await failureOf(mailerTo(server.port, { timeoutMs: SHORT_MS }).send(MAIL));
    expect(error.transient).toBe(true);
    await until('the connection is closed', () => server.open() === 0);
  });

  test('drops the connection during the message: the failure is transient and immediate', async () => {
    const server = await scriptedServer(politeUntilMessage((socket) => socket.destroy()));
    const error = await failureOf(mailerTo(server.port).send(MAIL));
    expect(error.transient).toBe(true);
  });

  test('drops every connection before the greeting: the attempts are limited', async () => {
    const server = await scriptedServer({ connected: (socket) => socket.end() });
    const error = await failureOf(mailerTo(server.port).send(MAIL));
    expect(error.transient).toBe(true);
    expect(server.seen()).toBeLessThanOrEqual(3);
  });

  test('blocks more mails than there are connections: all time out', async () => {
    const server = await scriptedServer({});
    const mailer = mailerTo(server.port, { timeoutMs: SHORT_MS });
    const errors = await Promise.all(
      Array.from({ length: 12 }, (_, index) => failureOf(mailer.send({ ...MAIL, id: `event-${index}` }))),
    );
    expect(errors.every(({ transient }) => transient)).toBe(true);
    await until('the connections are closed', () => server.open() === 0);
  });
});

describe('an aborted send', () => {
  test('ends at once and closes its connection', async () => {
    const server = await scriptedServer({});
    const stop = new AbortController();
    const failure = failureOf(mailerTo(server.port).send(MAIL, { signal: stop.signal }));
    await until('the server is connected', () => server.seen() > 0);
    stop.abort();
    expect(await failure).toMatchObject({ transient: true });
    await until('the connection is closed', () => server.open() === 0);
  });

  test('sends nothing if it is aborted before its start', async () => {
    const server = await mailServer();
    const error = await failureOf(mailerTo(server.port).send(MAIL, { signal: AbortSignal.abort() }));
    expect([error.transient, server.seen()]).toEqual([true, 0]);
  });
});

describe('closing', () => {
  test('completes pending sends, rejects new ones and closes all connections', async () => {
    const server = await mailServer();
    const mailer = mailerTo(server.port);
    const sending = mailer.send(MAIL);
    const closing = mailer.close();
    expect(await failureOf(mailer.send(MAIL))).toMatchObject({ transient: true });
    await Promise.all([sending, closing]);
    expect(server.received).toHaveLength(1);
    await until('the connection is closed', () => server.open() === 0);
  });
});

describe('TLS and passwords', () => {
  const certificates = makeCertificates();
  const { ca } = certificates;
  const tls = { key: certificates.key, cert: certificates.cert };
  const credentials = `mono:${encodeURIComponent(PASSWORD)}@`;

  const guarded = (password = PASSWORD) =>
    mailServer({
      ...tls,
      disabledCommands: [],
      authOptional: false,
      onAuth: (auth, _session, done) =>
        auth.username === 'mono' && auth.password === password
          ? done(null, { user: 'mono' })
          : done(refusal(535, `5.7.8 wrong: ${auth.password} ${Buffer.from(auth.password ?? '').toString('base64')}`)),
    });

  test('sends with STARTTLS and a password, and trusts the configured CA', async () => {
    const server = await guarded();
    await mailerTo(server.port, { credentials, ca, startTls: 'required' }).send(MAIL);
    expect(server.received).toMatchObject([{ secure: true, user: 'mono' }]);
  });

  test('sends with implicit TLS', async () => {
    const server = await mailServer({ ...tls, secure: true });
    await mailerTo(server.port, { scheme: 'smtps', ca }).send(MAIL);
    expect(server.received).toMatchObject([{ secure: true }]);
  });

  test.each(['smtp', 'smtps'])('sends nothing to an untrusted server over %s', async (scheme) => {
    const server = await mailServer({ ...tls, disabledCommands: ['AUTH'], secure: scheme === 'smtps' });
    const error = await failureOf(mailerTo(server.port, { scheme, startTls: 'required' }).send(MAIL));
    expect(error.transient).toBe(true);
    expect(server.received).toEqual([]);
  });

  test('sends neither mail nor password to a server without TLS if TLS is required', async () => {
    const lines: string[] = [];
    const server = await scriptedServer({
      connected: (socket) => void socket.write('220 test ESMTP\r\n'),
      line: (socket, line) => {
        lines.push(line);
        if (line.startsWith('EHLO')) socket.write('250-test\r\n250 AUTH PLAIN\r\n');
        else socket.write(line === 'STARTTLS' ? '502 what?\r\n' : '250 ok\r\n');
      },
    });
    const error = await failureOf(mailerTo(server.port, { credentials, startTls: 'required' }).send(MAIL));
    expect(error.transient).toBe(true);
    expect(lines.filter((line) => /^(?:AUTH|MAIL)/.test(line))).toEqual([]);
  });

  test('reports a wrong password without quoting it, as transient', async () => {
    const server = await guarded('another');
    const error = await failureOf(mailerTo(server.port, { credentials, ca, startTls: 'required' }).send(MAIL));
    expect(error).toMatchObject({ transient: true });
    expect(error.message).toContain('5.7.8 wrong: [redacted] [redacted]');
    const all = JSON.stringify([error.message, error.response, error.stack, error.cause]);
    for (const secret of [PASSWORD, Buffer.from(PASSWORD).toString('base64')]) expect(all).not.toContain(secret);
  });
});

describe('an invalid mail', () => {
  test.each([
    ['a second recipient', { to: 'ann@example.com, eve@example.com' }],
    ['a header in the address', { to: 'ann@example.com\r\nBcc: eve@example.com' }],
    ['an address with a name', { to: 'Ann <ann@example.com>' }],
    ['no address', { to: 'ann' }],
    ['a header in the subject', { subject: 'Hello\r\nBcc: eve@example.com' }],
    ['a header in the event id', { id: 'a>\r\nBcc: eve@example.com' }],
    ['a path as event id', { id: '../../etc/passwd' }],
  ])('with %s fails permanently before the server is connected', async (_what, change) => {
    const server = await mailServer();
    const error = await failureOf(mailerTo(server.port).send({ ...MAIL, ...change }));
    expect([error.transient, server.seen()]).toEqual([false, 0]);
  });
});

test('a closed test server refuses connections', async () => {
  const server = await startMailServer();
  await server.close();
  const refused = await new Promise((resolve) => connect(server.port, '127.0.0.1').once('error', resolve));
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
});
