// An outside client of the API on NATS: requests by subject, replies with their headers.
import { connect, headers as natsHeaders, type Msg, type NatsConnection } from '@nats-io/transport-node';

export interface NatsAnswer<Body = unknown> {
  /** `Nats-Service-Error-Code`, 200 without. */
  status: number;
  body: Body;
  header(name: string): string;
}

export class NatsClient {
  private constructor(
    readonly connection: NatsConnection,
    private readonly key: string,
  ) {}

  static async connect(url: string, key: string): Promise<NatsClient> {
    const { host, username, password } = new URL(url);
    const user = username === '' ? {} : { user: username, pass: password };
    return new NatsClient(await connect({ servers: host, ...user }), key);
  }

  async call<Body = unknown>(
    subject: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<NatsAnswer<Body>> {
    const headers = natsHeaders();
    for (const [name, value] of Object.entries({ Authorization: `Bearer ${this.key}`, ...more })) {
      headers.set(name, value);
    }
    const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    return answerOf<Body>(await this.connection.request(subject, payload, { headers, timeout: 120_000 }));
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

function answerOf<Body>(message: Msg): NatsAnswer<Body> {
  const header = (name: string): string => message.headers?.get(name) ?? '';
  return {
    status: Number(header('Nats-Service-Error-Code') || 200),
    body: (message.data.length === 0 ? undefined : message.json()) as Body,
    header,
  };
}
