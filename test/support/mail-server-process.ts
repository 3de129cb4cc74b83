// A real SMTP server as a process of its own, for tests: takes mails and keeps them, or does to them what it is told over
// HTTP. It writes both of its ports to stdout, as one line of JSON.
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { Conduct, ReceivedMail } from './mail-server.ts';

const received: ReceivedMail[] = [];
let conduct: Conduct = 'take';
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
    // The greeting never comes.
    if (conduct !== 'hang') done();
  },
  onRcptTo: ({ address }, _session, done) => {
    if (conduct === 'stall' && address.endsWith('@slow.example')) return;
    if (conduct === 'refuse') done(refusal(550, '5.1.1 No such mailbox'));
    else if (conduct === 'defer') done(refusal(451, '4.3.0 Try again later'));
    else done();
  },
  onData: (stream, session, done) => {
    const chunks: Buffer[] = [];
    let isDropped = false;
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      isDropped ||= conduct === 'drop';
      if (isDropped) dropAll();
    });
    stream.on('end', () => {
      // All of it may have come at once.
      if (isDropped) return;
      const message = Buffer.concat(chunks).toString('utf8');
      // Some filters quote what they do not like.
      if (conduct === 'quote') done(refusal(554, `5.7.1 Blocked for ${linkIn(message)}`));
      else if (conduct === 'swallow') keep(session, message);
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

/** As a server does that dies. */
function dropAll(): void {
  for (const socket of sockets) socket.destroy();
}

smtp.on('error', () => undefined);

const control = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control');
  if (pathname === '/conduct') {
    conduct = searchParams.get('is') as Conduct;
    // Who hangs on an old connection is let go, as by a server that starts anew.
    if (searchParams.has('drop')) dropAll();
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ received, connections }));
});

const smtpPort = await new Promise<number>((resolve) => {
  smtp.listen(0, '127.0.0.1', () => resolve((smtp.server.address() as AddressInfo).port));
});
const controlPort = await new Promise<number>((resolve) => {
  control.listen(0, '127.0.0.1', () => resolve((control.address() as AddressInfo).port));
});
process.stdout.write(`${JSON.stringify({ smtpPort, controlPort })}\n`);
