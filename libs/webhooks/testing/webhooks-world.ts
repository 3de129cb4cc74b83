// The module on a real PostgreSQL and NATS, with real jobs, on as many nodes as a test wants.
import type { INestMicroservice } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Bus } from '@mono/bus';
import { BusWorld, until } from '@mono/bus/testing';
import type { ChangeKind, EventBody, Principal } from '@mono/contract';
import { busInputReader, domainErrors, migrate, openDatabase, type Database, type Jobs } from '@mono/platform';
import { listenOnBus, nodeForTests, serve } from '@mono/platform/testing';
import { uuidv7 } from 'uuidv7';
import { EventStream } from '../../../test/support/event-stream.ts';
import { openJobsWorld, type JobsWorld } from '../../../test/support/jobs/jobs-world.ts';
import type { CreateWebhook, NewWebhook, WebhookDelivery } from '../contract/index.js';
import { webhooksFeature } from '../feature.js';
import { WebhooksModule } from '../module.js';
import { DeliveriesController } from '../src/delivery/deliveries.controller.js';
import { WebhookStore, type WebhookRow } from '../src/webhooks/webhook.store.js';
import { WebhooksController } from '../src/webhooks/webhooks.controller.js';
import { FakeNeighbours } from './fake-neighbours.js';
import { gardenEvent, THINGS, type GardenEvent } from './garden.js';

const SETTINGS = { WEBHOOKS_ALLOW_PRIVATE: true, WEBHOOKS_TIMEOUT_SECONDS: 10 };

export interface WebhooksNode {
  module: TestingModule;
  bus: Bus;
  jobs: Jobs;
  application: INestMicroservice;
}

interface Parts {
  buses: BusWorld;
  database: Database;
  jobs: JobsWorld;
  events: EventStream;
}

export class WebhooksWorld {
  readonly neighbours = new FakeNeighbours();
  readonly workspace = uuidv7();
  readonly nodes: WebhooksNode[] = [];

  private constructor(private readonly parts: Parts) {}

  static async open(): Promise<WebhooksWorld> {
    const jobs = await openJobsWorld('PostgreSQL');
    const database = await openDatabase({
      module: 'webhooks',
      url: jobs.databaseUrl,
      poolSize: 8,
      statementTimeoutMs: 60_000,
      migrations: webhooksFeature.migrations,
    });
    await migrate(database, 'webhooks');
    const buses = await BusWorld.start();
    const events = await EventStream.open(buses.nats.url, 'garden');
    return new WebhooksWorld({ buses, database, jobs, events });
  }

  get database(): Database {
    return this.parts.database;
  }

  /** Another node. The first one serves the neighbours. @param settings of the module. */
  async node(settings: object = {}): Promise<WebhooksNode> {
    const { buses, database } = this.parts;
    const bus = await buses.node({ reader: busInputReader, errors: domainErrors, node: `node ${this.nodes.length}` });
    if (this.nodes.length === 0) serve(bus, this.neighbours);
    const jobs = this.parts.jobs.node({ stopMs: 2_000 });
    const node = nodeForTests({
      databases: { webhooks: database },
      settings: { webhooks: { ...SETTINGS, ...settings } },
      events: [...THINGS, ...(webhooksFeature.events ?? [])],
      bus,
      connection: bus.host.connection,
      jobs,
    });
    const module = await Test.createTestingModule({ imports: [node, WebhooksModule] }).compile();
    const application = await listenOnBus(module, bus);
    await jobs.start();
    const made = { module, bus, jobs, application };
    this.nodes.push(made);
    return made;
  }

  get webhooks(): WebhooksController {
    return this.get(WebhooksController);
  }

  get deliveries(): DeliveriesController {
    return this.get(DeliveriesController);
  }

  get<T>(type: new (...args: never[]) => T): T {
    const [first] = this.nodes;
    if (!first) throw new Error('There is no node.');
    return first.module.get(type);
  }

  /** A key that the neighbours know. */
  caller({ scopes = ['*'], listIds = null as string[] | null, id = uuidv7() } = {}): Principal {
    this.neighbours.keys.set(id, { scopes, list_ids: listIds });
    return { kind: 'api_key', id, workspaceId: this.workspace, scopes, ...(listIds && { listIds }) };
  }

  create(
    url: string,
    { by = this.caller(), ...more }: Partial<CreateWebhook> & { by?: Principal } = {},
  ): Promise<NewWebhook> {
    return this.webhooks.createWebhook({ url, event_types: ['garden.*'], ...more }, this.call(by));
  }

  call(principal: Principal) {
    return { principal, requestId: 'test', source: 'test' };
  }

  /** Publishes events of the garden, one after the other. */
  async publish(...events: (GardenEvent & { change?: ChangeKind })[]): Promise<EventBody[]> {
    const bodies = events.map((event) => gardenEvent({ workspace_id: this.workspace, ...event }));
    for (const body of bodies) await this.parts.events.publish(body);
    return bodies as unknown as EventBody[];
  }

  /** So many versions of one thing. @returns its id. */
  async grow(versions: number, more: GardenEvent = {}): Promise<string> {
    const id = uuidv7();
    const all = Array.from({ length: versions }, (_, index) => ({
      ...more,
      aggregate_id: id,
      version: index + 1,
      change: (index === 0 ? 'created' : 'updated') as ChangeKind,
    }));
    await this.publish(...all);
    return id;
  }

  async statuses(webhookId: string): Promise<Record<string, number>> {
    const rows = await this.database.query<{ status: string; count: number }>(
      'SELECT status, count(*)::int AS count FROM webhooks.delivery WHERE webhook_id = $1 GROUP BY status',
      [webhookId],
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  async settled(webhookId: string, statuses: Record<string, number>): Promise<void> {
    await until(`deliveries ${JSON.stringify(statuses)}`, async () => {
      const now = await this.statuses(webhookId);
      return Object.entries(statuses).every(([status, count]) => now[status] === count);
    });
  }

  /** Retries at once. */
  async hurry(webhookId: string): Promise<void> {
    await this.database.query(
      `UPDATE webhooks.delivery SET next_attempt_at = now() WHERE webhook_id = $1 AND status = 'pending'`,
      [webhookId],
    );
    await this.database.query('UPDATE webhooks.webhook SET paused_until = NULL WHERE id = $1', [webhookId]);
  }

  async row(webhookId: string): Promise<WebhookRow> {
    const filter = { workspaceId: this.workspace, creatorId: undefined };
    const row = await this.get(WebhookStore).find(this.database, webhookId, filter);
    if (!row) throw new Error('The webhook is gone.');
    return row;
  }

  async log(webhookId: string): Promise<WebhookDelivery[]> {
    return (await this.deliveries.findDeliveries({ id: webhookId }, this.call(this.caller()))).items;
  }

  /** The events of this name about a webhook, published or not. */
  outbox(name: string, webhookId: string): Promise<{ version: number; payload: Record<string, unknown> }[]> {
    return this.database.query(
      'SELECT version, payload FROM webhooks.outbox WHERE subject = $1 AND aggregate_id = $2 ORDER BY seq',
      [`events.webhooks.v1.${name}`, webhookId],
    );
  }

  /** The open dead letter of a delivery. */
  async letterOf(deliveryId: string): Promise<{ id: string; source: string; module: string } | undefined> {
    const { items } = await this.parts.jobs.letters.find({ limit: 100 });
    for (const { id, status } of items) {
      const letter = await this.parts.jobs.letters.get(id);
      if (status === 'open' && JSON.stringify(letter.payload).includes(deliveryId)) return letter;
    }
    return undefined;
  }

  async retryLetter(id: string): Promise<void> {
    await this.parts.jobs.letters.resolve(id, 'retried', { actor: { kind: 'cli', id: 'test' }, source: 'cli' });
  }

  async close(): Promise<void> {
    const { buses, database, jobs: server, events } = this.parts;
    // Periodic work adds jobs until it stops.
    for (const { application, jobs } of this.nodes) {
      jobs.stopTaking();
      await application.close();
      await jobs.stop();
    }
    await events.close();
    await buses.end();
    await database.dataSource.destroy();
    await server.close();
  }
}
