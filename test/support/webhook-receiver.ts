// A receiver of webhooks, whose answers the test chooses.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

export interface Received {
  id: string;
  headers: IncomingHttpHeaders;
  raw: string;
  body: { type: string; timestamp: string; data: Record<string, unknown> };
  path: string;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

export class Receiver {
  readonly received: Received[] = [];
  /** Requests that wait for their answer. */
  open = 0;
  mostOpen = 0;
  /** Default: 204. */
  answer: (request: Received) => Answer | Promise<Answer> = () => ({});

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const receiver = new Receiver(server, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => {
      void (async () => {
        const raw = await text(request);
        const { headers, url: path = '' } = request;
        const one = {
          id: String(headers['webhook-id']),
          headers,
          raw,
          body: JSON.parse(raw) as Received['body'],
          path,
        };
        receiver.received.push(one);
        receiver.open += 1;
        receiver.mostOpen = Math.max(receiver.mostOpen, receiver.open);
        const { status = 204, headers: more = {}, body } = await receiver.answer(one);
        receiver.open -= 1;
        response.writeHead(status, more).end(body);
      })().catch(() => response.destroy());
    });
    return receiver;
  }

  /** By the thing, in the order of their arrival. */
  versionsOf(thingId: string): number[] {
    return this.received
      .filter(({ body }) => body.data['thing_id'] === thingId)
      .map(({ body }) => Number(body.data['version']));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
