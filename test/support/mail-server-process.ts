// A real SMTP server in its own process. It stores mails, or treats them as configured over HTTP. It writes both of its ports
// to stdout as one line of JSON.
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { Conduct, ReceivedMail } from './mail-server.ts';

const received: ReceivedMail[] = [];
let conduct: Conduct = 'take';
/** Overrides `conduct` for mails to an address. */
const conductByAddress = new Map<string, Conduct>();
let connections = 0;

function refusal(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

const smtp = new SMTPServer({
  disabledCommands: ['STARTTLS', 'AUTH'],
  authOptional: true,
  logger: false,
  onConnect: (_session, done) => {
    connections += 1;
    // Otherwise, the greeting never comes.
    if (conduct !== 'hang') done();
  },
  onRcptTo: ({ address }, _session, done) => {
    const is = conductByAddress.get(address) ?? conduct;
    if (is === 'stall' && address.endsWith('@slow.example')) return;
    if (is === 'refuse') done(refusal(550, '5.1.1 No such mailbox'));
    else if (is === 'defer') done(refusal(451, '4.3.0 Try again later'));
    else done();
  },
  onData: (stream, session, done) => {
    const [recipient] = session.envelope.rcptTo;
    const is = (recipient && conductByAddress.get(recipient.address)) ?? conduct;
    const chunks: Buffer[] = [];
    let isDropped = false;
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      isDropped ||= is === 'drop';
      if (isDropped) dropAll();
    });
    stream.on('end', () => {
      // The whole message may have arrived at once.
      if (isDropped) return;
      const message = Buffer.concat(chunks).toString('utf8');
      // Some filters quote the message.
      if (is === 'quote') done(refusal(554, `5.7.1 Blocked for ${linkIn(message)}`));
      else if (is === 'swallow') keep(session, message);
      else {
        keep(session, message);
        done();
      }
    });
  },
});

function linkIn(message: string): string {
  return /https?:\S+/.exec(message.replaceAll('=\r\n', '').replaceAll('=3D', '='))?.[0] ?? '';
}

function keep({ envelope }: SMTPServerSession, message: string): void {
  received.push({ to: envelope.rcptTo.map(({ address }) => address), message });
}

const sockets = new Set<Socket>();
smtp.server.on('connection', (socket: Socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
});

/** Like a server that dies. */
function dropAll(): void {
  for (const socket of sockets) socket.destroy();
}

smtp.on('error', () => undefined);

const control = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control');
  if (pathname === '/conduct') {
    const is = searchParams.get('is') as Conduct;
    const addresses = searchParams.getAll('to');
    if (addresses.length === 0) conduct = is;
    for (const address of addresses) conductByAddress.set(address, is);
    // Drops old connections like a server that restarts.
    if (searchParams.has('drop')) dropAll();
  }
  const to = searchParams.get('to');
  const shown = to === null ? received : received.filter((mail) => mail.to.includes(to));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ received: pathname === '/' ? shown : [], connections }));
});

const smtpPort = await new Promise<number>((resolve) => {
  smtp.listen(0, '127.0.0.1', () => resolve((smtp.server.address() as AddressInfo).port));
});
const controlPort = await new Promise<number>((resolve) => {
  control.listen(0, '127.0.0.1', () => resolve((control.address() as AddressInfo).port));
});
process.stdout.write(`${JSON.stringify({ smtpPort, controlPort })}\n`);
