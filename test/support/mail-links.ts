// The content of mails, requested from auth over the bus like the module notifications does.
import { Bus, BusConnection } from '@mono/bus';
import { LINK_PATHS, usersOperations, type EmailLink, type LinkKind, type Role } from '@mono/auth/contract';
import { Client } from 'pg';
import { TEST_BUS_SECRET } from './server-process.ts';

/** For a busy machine. */
const TIMEOUT_MS = 120_000;
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export class MailLinks {
  readonly database: Client;
  private readonly connection: BusConnection;
  private readonly bus: Bus;

  private constructor(database: Client, connection: BusConnection) {
    this.database = database;
    this.connection = connection;
    this.bus = new Bus({ connection, logger: SILENT, secrets: [TEST_BUS_SECRET] });
  }

  static async open({ database, nats }: { database: { url: string }; nats: { url: string } }): Promise<MailLinks> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const connection = new BusConnection({ url: nats.url, name: 'mail links', logger: SILENT });
    connection.start();
    return new MailLinks(client, connection);
  }

  /** The number of links of the kind that were sent to the address, including used ones. */
  async count(kind: LinkKind | 'notice', address: string): Promise<number> {
    const { rows } = await this.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM auth.email_token WHERE kind = $1 AND lower(address) = lower($2)',
      [kind, address],
    );
    return rows[0]?.count ?? 0;
  }

  /** The last mail of this kind to the address. */
  async last(kind: LinkKind | 'notice', address: string): Promise<EmailLink> {
    const { rows } = await this.database.query<{ id: string }>(
      'SELECT id FROM auth.email_token WHERE kind = $1 AND lower(address) = lower($2) ORDER BY id DESC LIMIT 1',
      [kind, address],
    );
    if (!rows[0]) throw new Error(`No ${kind} was sent to ${address}.`);
    return this.bus.request(usersOperations.emailLink, { token_id: rows[0].id }, { timeoutMs: TIMEOUT_MS });
  }

  /** The token of the last link. */
  async token(kind: LinkKind, address: string): Promise<string> {
    const { url } = await this.last(kind, address);
    if (url === null) throw new Error(`The ${kind} to ${address} leads nowhere.`);
    const link = new URL(url);
    if (link.pathname !== LINK_PATHS[kind]) throw new Error(`It leads to ${link.pathname}.`);
    return link.searchParams.get('token') ?? '';
  }

  /** Bypasses the API, which requires an invite. */
  async addMember(workspaceId: string, userId: string, role: Role): Promise<void> {
    await this.database.query(
      'INSERT INTO auth.workspace_member (id, workspace_id, user_id, role) VALUES (gen_random_uuid(), $1, $2, $3)',
      [workspaceId, userId, role],
    );
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.database.end();
  }
}
