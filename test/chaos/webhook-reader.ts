// A receiver of webhooks: its state follows from what it has received. It can be down.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NewWebhook } from '@mono/webhooks/contract';
import type { ApiClient } from '../support/api-client.ts';

interface Received {
  data: { type: string; thing_id: string; change: string; version: number };
}

export class WebhookReader {
  /** The tasks that exist. */
  readonly versions = new Map<string, number>();
  private readonly latest = new Map<string, number>();
  private readonly ids = new Set<string>();
  /** Webhooks that came again. */
  repeats = 0;
  /** First deliveries that came after a later one of the same task. */
  outOfOrder = 0;
  forged = 0;
  private server: Server | undefined;
  private port = 0;
  private secret = '';

  /** Subscribes to tasks. The receiver is up. */
  static async subscribe(api: ApiClient): Promise<WebhookReader> {
    const reader = new WebhookReader();
    await reader.up();
    const url = `http://127.0.0.1:${reader.port}/`;
    const { status, body } = await api.post<NewWebhook>('/v1/webhooks', { url, event_types: ['tasks.*'] });
    if (status !== 201) throw new Error(`No webhook was created: ${JSON.stringify(body)}`);
    reader.secret = body.secret;
    return reader;
  }

  async up(): Promise<void> {
    const server = createServer((request, response) => {
      void this.answer(request).then((status) => response.writeHead(status).end());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((closed) => {
      server.close(closed);
    });
  }

  private async answer(request: IncomingMessage): Promise<number> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    if (!this.isSigned(request.headers, body)) {
      this.forged += 1;
      return 401;
    }
    this.receive(String(request.headers['webhook-id']), JSON.parse(body.toString('utf8')) as Received);
    return 204;
  }

  private isSigned(headers: IncomingHttpHeaders, body: Buffer): boolean {
    const key = Buffer.from(this.secret.slice('whsec_'.length), 'base64');
    const { 'webhook-id': id, 'webhook-timestamp': timestamp } = headers;
    const digest = createHmac('sha256', key)
      .update(`${String(id)}.${String(timestamp)}.`)
      .update(body);
    return headers['webhook-signature'] === `v1,${digest.digest('base64')}`;
  }

  private receive(id: string, { data: { type, thing_id: task, change, version } }: Received): void {
    if (this.ids.has(id)) {
      this.repeats += 1;
      return;
    }
    this.ids.add(id);
    // Lists are among `tasks.*`.
    if (type !== 'task') return;
    if (version <= (this.latest.get(task) ?? 0)) {
      this.outOfOrder += 1;
      return;
    }
    this.latest.set(task, version);
    if (change === 'deleted') this.versions.delete(task);
    else this.versions.set(task, version);
  }
}
