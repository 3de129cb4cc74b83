// Nodes of the module on a real NATS with the accounts of outside clients, and those clients.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Test, type TestingModule } from '@nestjs/testing';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { pino } from 'pino';
import { Bus, BusConnection } from '@mono/bus';
import { DomainError, type Principal } from '@mono/contract';
import { serveApi } from '@mono/edge';
import { EmbeddedNats, type NatsClient } from '@mono/embedded';
import { Authenticator, busInputReader, domainErrors, NatsRoutes } from '@mono/platform';
import { listenOnBus, nodeForTests } from '@mono/platform/testing';
import { FollowClient, type FollowClientOptions } from '../../../test/support/follow-client.ts';
import { changesOperations, type Change } from '../contract/index.js';
import { ChangesModule } from '../module.js';
import { FeedWriter } from '../src/feed/feed-writer.js';
import { FollowModule } from '../src/follow/follow.module.js';
import { Follows } from '../src/follow/follows.js';
import { callerIn, ChangesWorld, THINGS, type EventOptions } from './changes-world.js';

/** Longer than a busy machine delays a heartbeat. */
const PATIENCE_MS = 60_000;

/** Credentials by their text. */
export class Keys extends Authenticator {
  readonly valid = new Map<string, Principal>();

  standingOf() {
    return 'unknown' as const;
  }

  authenticate({ authorization = '' }: { authorization: string | undefined }): Promise<Principal> {
    const known = this.valid.get(authorization.replace('Bearer ', ''));
    if (known) return Promise.resolve(known);
    return Promise.reject(new DomainError('unauthorized', 'unauthorized', 'A valid key is required.'));
  }
}

export interface FollowNode {
  module: TestingModule;
  follows: Follows;
  /** As by SIGTERM. */
  stop(): Promise<void>;
}

export class FollowWorld {
  readonly keys = new Keys();
  readonly nodes: FollowNode[] = [];
  private readonly connections: NatsConnection[] = [];

  private constructor(
    readonly feed: ChangesWorld,
    private readonly server: EmbeddedNats,
    private readonly directory: string,
    private readonly users: readonly NatsClient[],
  ) {}

  static async open(...users: string[]): Promise<FollowWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'mono-follow-'));
    const server = new EmbeddedNats({
      dataDirectory: directory,
      configuration: resolve('nats.conf'),
      program: () => Promise.resolve(process.env['NATS_SERVER_BIN'] ?? 'nats-server'),
    });
    const made = users.map((name) => server.clients.add(name));
    await server.ensureRunning();
    return new FollowWorld(await ChangesWorld.open(), server, directory, made);
  }

  async close(): Promise<void> {
    for (const connection of this.connections) await connection.close();
    for (const node of this.nodes.splice(0)) await node.stop();
    await this.feed.close();
    await this.server.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  async startNode(settings: object = {}): Promise<FollowNode> {
    const logger = pino({ level: 'silent' });
    const connection = new BusConnection({ url: this.server.url, name: 'node', logger });
    connection.start();
    await new Promise<void>((connected) => void connection.onConnected(() => connected()));
    const secrets = ['the secret of tests'];
    const bus = new Bus({ connection, logger, secrets, errors: domainErrors, reader: busInputReader });
    const databases = { changes: this.feed.database };
    const node = nodeForTests({ databases, settings: { changes: settings }, events: THINGS, bus, connection });
    const module = await Test.createTestingModule({ imports: [node, FollowModule, ChangesModule] }).compile();
    const contracts = Object.values(changesOperations);
    serveApi(bus, { contracts, authenticator: this.keys, logger, routes: module.get(NatsRoutes) });
    const application = await listenOnBus(module, bus);
    await connection.live?.flush();
    const started = {
      module,
      follows: module.get(Follows),
      stop: async (): Promise<void> => {
        await application.close();
        await connection.close();
      },
    };
    this.nodes.push(started);
    return started;
  }

  /** The connection of an outside client. */
  async connectAs(name: string): Promise<NatsConnection> {
    const { password = '', inboxPrefix = '' } = this.users.find((user) => user.name === name) ?? {};
    const { host } = new URL(this.server.url);
    const connection = await connect({ servers: host, user: name, pass: password, inboxPrefix });
    this.connections.push(connection);
    return connection;
  }

  /** A client with a key of its own, and the changes that it receives. */
  async client(
    workspaceId: string,
    { user = 'robot', rights = {}, ...options }: Partial<FollowClientOptions> & { rights?: Partial<Principal> } = {},
  ): Promise<{ client: FollowClient; received: Change[]; connection: NatsConnection; key: string }> {
    const connection = options.connection ?? (await this.connectAs(user));
    const received: Change[] = [];
    const key = options.key ?? `key-${this.keys.valid.size}`;
    if (!options.key) this.keys.valid.set(key, callerIn(workspaceId, { id: crypto.randomUUID(), ...rights }));
    const onChange = (change: Change): void => void received.push(change);
    const client = new FollowClient({ onChange, patienceMs: PATIENCE_MS, ...options, connection, user, key });
    return { client, received, connection, key };
  }

  /** By a connected node, which wakes the others. */
  async append(workspaceId: string, ...events: EventOptions[]): Promise<string[]> {
    const rows = events.map((event) => this.feed.row(workspaceId, event));
    await this.nodes.at(-1)?.module.get(FeedWriter).append(rows);
    return rows.map(({ event_id }) => event_id);
  }

  /** How many nodes push to the subject. */
  leasesOf(subject: string): number {
    return this.nodes.filter(({ follows }) => follows.pushesTo(subject)).length;
  }
}
