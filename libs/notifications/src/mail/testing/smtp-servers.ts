// Mail servers for tests: a correct one, and a scripted one.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { until } from '../../../../../test/support/until.ts';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Received {
  from: string;
  to: string[];
  secure: boolean;
  user: string | undefined;
  /** As received over the wire. */
  message: string;
}

export interface TestServer {
  port: number;
  /** Open connections. */
  open: () => number;
  /** All connections so far. */
  seen: () => number;
  /** Drops all connections. */
  drop: () => void;
  close: () => Promise<void>;
}

/** By default, accepts every mail, without TLS and passwords. */
export async function startMailServer(
  options: SMTPServerOptions = {},
): Promise<TestServer & { received: readonly Received[] }> {
  const received: Received[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    authOptional: true,
    logger: false,
    closeTimeout: 1_000,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: session.user as string | undefined,
          message: Buffer.concat(chunks).toString('utf8'),
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  const watched = await watch(server.server);
  // A connection leaves the first count on STARTTLS; with implicit TLS it enters the second one late.
  const pending = (): number => (options.secure ? watched.open() : server.connections.size);
  const close = async (): Promise<void> => {
    try {
      // Clients first: a TLS handshake that loses its socket crashes the process.
      await until('all clients are gone', () => pending() === 0, { limitMs: 5_000 });
    } finally {
      await new Promise<void>((resolve) => server.close(resolve));
    }
  };
  return { ...watched, close, received };
}

/** Called with each connection, and with each line that it receives. */
export interface Script {
  connected?: (socket: Socket) => void;
  line?: (socket: Socket, line: string) => void;
}

export async function startScriptedServer({ connected, line }: Script): Promise<TestServer> {
  const server = createServer((socket) => {
    let rest = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const one of lines) line?.(socket, one);
    });
    connected?.(socket);
  }).listen(0, '127.0.0.1');
  return watch(server);
}

/** Answers correctly up to DATA, then calls `message` with each line. */
export function politeUntilMessage(message: (socket: Socket, line: string) => void): Script {
  const inMessage = new WeakSet<Socket>();
  return {
    connected: (socket) => socket.write('220 test ESMTP\r\n'),
    line: (socket, line) => {
      if (inMessage.has(socket)) return message(socket, line);
      if (line === 'DATA') inMessage.add(socket);
      socket.write(line === 'DATA' ? '354 go on\r\n' : '250 ok\r\n');
    },
  };
}

async function watch(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let seen = 0;
  server.on('connection', (socket: Socket) => {
    seen += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  const drop = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    drop,
    port: (server.address() as AddressInfo).port,
    open: () => sockets.size,
    seen: () => seen,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      drop();
      await closed;
    },
  };
}
