// Receivers on loopback addresses, and senders that reach them.
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Attempt } from '../webhook-sender.js';
import { WebhookSender } from '../webhook-sender.js';

export interface Receiver {
  port: number;
  /** The number of connections so far. */
  readonly connections: number;
  /** Resolves once all of them are closed. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** An HTTP server. */
export function startReceiver(handle: RequestListener, place: Place = {}): Promise<Receiver> {
  return listen(createHttpServer(handle), place);
}

/** A server that answers each connection with bytes. */
export function startRawReceiver(handle: (socket: Socket) => void, place: Place = {}): Promise<Receiver> {
  const server = createServer((socket) => {
    // A socket that is not read never notices its end.
    socket.resume();
    handle(socket);
  });
  return listen(server, place);
}

interface Place {
  host?: string;
  port?: number;
}

export async function listen(server: Server, { host = '127.0.0.1', port = 0 }: Place = {}): Promise<Receiver> {
  const open = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    idle: async () => {
      for (const socket of open) await new Promise((closed) => socket.once('close', closed));
    },
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((closed) => {
        server.close(() => closed());
      });
    },
  };
}

export async function textOf(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  return (await request.toArray()).join('');
}

/** Resolves hosts to what the test says, call by call; the last answer stays. */
export class FakeResolver {
  readonly asked: string[] = [];

  constructor(private readonly answers: readonly (readonly string[] | Error)[] = []) {}

  resolve(host: string): Promise<string[]> {
    const answer = this.answers[Math.min(this.asked.length, this.answers.length - 1)] ?? [];
    this.asked.push(host);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve([...answer]);
  }
}

interface SenderOptions {
  allowPrivate?: boolean;
  allowHttp?: boolean;
  timeoutSeconds?: number;
  environment?: string;
  resolver?: { resolve: (host: string, signal: AbortSignal) => Promise<string[]> };
}

/** By default on a LAN, so that it reaches receivers on loopback addresses. */
export function makeSender({
  allowPrivate = true,
  allowHttp = false,
  timeoutSeconds = 60,
  environment = 'test',
  resolver = new FakeResolver(),
}: SenderOptions = {}): WebhookSender {
  const settings = {
    WEBHOOKS_ALLOW_PRIVATE: allowPrivate,
    WEBHOOKS_ALLOW_HTTP: allowHttp,
    WEBHOOKS_TIMEOUT_SECONDS: timeoutSeconds,
  };
  return new WebhookSender(settings, { environment }, resolver);
}

export const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

export function attemptTo(url: string, changes: Partial<Attempt> = {}): Attempt {
  const timestamp = new Date('2026-11-30T12:00:00.900Z');
  return { url, webhookId: 'msg_1', timestamp, secrets: [SECRET], body: '{"title":"Grüße"}', ...changes };
}
