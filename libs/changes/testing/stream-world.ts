// Streams of a node of the module, with clients that read as fast as a test says.
import { Controller, Global, Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  DomainError,
  type Principal,
  type FilterFaultOf,
  type Matching,
  type MatchingQuery,
  type Resources,
  type ResourcesQuery,
} from '@mono/contract';
import { Authenticator, Operation, type Credentials } from '@mono/platform';
import { localBus, nodeForTests, serve } from '@mono/platform/testing';
import { until } from '../../../test/support/until.ts';
import type { Change } from '../contract/index.js';
import { ChangesModule } from '../module.js';
import { FeedRowsController } from '../src/feed/feed-rows.controller.js';
import { FeedViews, type FeedFilter } from '../src/feed/feed-views.js';
import { FeedWriter } from '../src/feed/feed-writer.js';
import type { NewChange } from '../src/feed/event-row.js';
import type { EndReason, Sink } from '../src/stream/event-stream.js';
import { StreamModule } from '../src/stream/stream.module.js';
import { Streams } from '../src/stream/streams.js';
import { callerIn, ChangesWorld, gardenOperations, THINGS, type EventOptions } from './changes-world.js';

@Injectable()
export class Keys extends Authenticator {
  /** By `Authorization`. */
  readonly valid = new Map<string, Principal>();
  isAvailable = true;
  private readonly listeners = new Set<(id: string | undefined) => void>();

  standingOf() {
    return 'unknown' as const;
  }

  authenticate({ authorization = '' }: Pick<Credentials, 'authorization'>): Promise<Principal> {
    if (!this.isAvailable) return Promise.reject(new DomainError('unavailable', 'unavailable', 'Nobody answers.'));
    const known = this.valid.get(authorization);
    if (known) return Promise.resolve(known);
    return Promise.reject(new DomainError('unauthorized', 'unauthorized', 'A valid key is required.'));
  }

  override onDropped(listener: (id: string | undefined) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  drop(id: string | undefined): void {
    for (const listener of this.listeners) listener(id);
  }
}

@Global()
@Module({ providers: [Keys, { provide: Authenticator, useExisting: Keys }], exports: [Keys, Authenticator] })
class KeysModule {}

@Controller()
export class Plants {
  readonly asked: ResourcesQuery[] = [];
  readonly known = new Map<string, { id: string; title: string }>();

  @Operation(gardenOperations.plantResources)
  plantResources(query: ResourcesQuery): Promise<Resources> {
    this.asked.push(query);
    return Promise.resolve({ items: query.ids.flatMap((id) => this.known.get(id) ?? []) });
  }
}

@Controller()
export class Matches {
  readonly asked: MatchingQuery[] = [];
  readonly matching = new Set<string>();
  fault: FilterFaultOf | null = null;

  @Operation(gardenOperations.matchPlants)
  matchPlants(query: MatchingQuery): Promise<Matching> {
    this.asked.push(query);
    const ids = query.ids.filter((id) => this.matching.has(id));
    return Promise.resolve({ fault: this.fault, ids: this.fault ? [] : ids });
  }
}

export class FakeClient implements Sink {
  readonly written: (Buffer | string)[] = [];
  hasRoom = true;
  isEnded = false;
  destroyed = false;
  closedBy: EndReason | undefined | null = null;
  private readonly listeners = new Map<string, () => void>();

  write(bytes: Buffer | string): boolean {
    this.written.push(bytes);
    return this.hasRoom;
  }

  end(): void {
    this.isEnded = true;
  }

  /** Also as the client leaves. */
  destroy(): void {
    this.destroyed = true;
    this.listeners.get('close')?.();
  }

  on(event: string, listener: () => void): void {
    this.listeners.set(event, listener);
  }

  drain(): void {
    this.hasRoom = true;
    this.listeners.get('drain')?.();
  }

  get text(): string {
    return this.written.join('');
  }

  get changes(): Change[] {
    return [...this.text.matchAll(/event: change\ndata: (.*)\n/g)].map(([, data = '']) => JSON.parse(data) as Change);
  }

  get ids(): string[] {
    return this.changes.map(({ id }) => id);
  }

  get lastId(): string | undefined {
    return [...this.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1];
  }

  get isReady(): boolean {
    return this.text.includes('event: ready');
  }

  get endCode(): string | undefined {
    return /event: end\ndata: \{"code":"(\w+)"/.exec(this.text)?.[1];
  }
}

export interface OpenOptions {
  query?: FeedFilter;
  since?: number | undefined;
  rights?: Partial<Principal>;
  authorization?: string;
}

export class StreamWorld {
  readonly plants = new Plants();
  readonly matches = new Matches();
  readonly keys: Keys;
  private readonly clients: FakeClient[] = [];
  readonly streams: Streams;

  private constructor(
    readonly feed: ChangesWorld,
    readonly module: TestingModule,
  ) {
    this.keys = module.get(Keys);
    this.streams = module.get(Streams);
  }

  static async open(settings: object = {}): Promise<StreamWorld> {
    const feed = await ChangesWorld.open();
    const bus = localBus();
    const node = nodeForTests({
      databases: { changes: feed.database },
      settings: { changes: settings },
      events: THINGS,
      bus,
    });
    const imports = [node, KeysModule, ChangesModule, StreamModule];
    const module = await Test.createTestingModule({ imports }).compile();
    const world = new StreamWorld(feed, module);
    serve(bus, module.get(FeedRowsController));
    serve(bus, world.plants);
    serve(bus, world.matches);
    await module.init();
    return world;
  }

  async close(): Promise<void> {
    await this.module.close();
    await this.feed.close();
  }

  /** A client whose stream has started; with a key of its own by default. */
  async client(workspaceId: string, options: OpenOptions = {}): Promise<FakeClient> {
    const { query = {}, since, rights = {}, authorization = crypto.randomUUID() } = options;
    const known = this.keys.valid.get(authorization);
    const principal = known ?? callerIn(workspaceId, { id: crypto.randomUUID(), ...rights });
    this.keys.valid.set(authorization, principal);
    const client = new FakeClient();
    const stream = await this.streams.open({
      principal,
      credentials: { authorization, workspace: undefined, address: undefined },
      view: this.module.get(FeedViews).viewOf(principal, query),
      since,
      onClose: (reason) => {
        client.closedBy = reason;
      },
    });
    this.clients.push(client);
    stream.start(client, 1_000);
    await until('the stream is ready, or its client full', () => client.isReady || !client.hasRoom);
    return client;
  }

  /** All clients leave. */
  leave(): void {
    for (const client of this.clients.splice(0)) client.destroy();
  }

  async append(workspaceId: string, ...events: EventOptions[]): Promise<NewChange[]> {
    const rows = events.map((event) => this.feed.row(workspaceId, event));
    await this.module.get(FeedWriter).append(rows);
    return rows;
  }
}
