// The module on a real database, with events of a garden: beds are lists, plants are in beds.
import { Test, type TestingModule } from '@nestjs/testing';
import {
  changesOf,
  defineEvents,
  EventBody,
  matching,
  operations,
  resources,
  type CallContext,
  type FeatureEvent,
  type Principal,
} from '@mono/contract';
import { migrate, openDatabase, type Database } from '@mono/platform';
import { nodeForTests } from '@mono/platform/testing';
import { uuidv7 } from 'uuidv7';
import { createTestDatabase } from '../../../test/support/test-database.ts';
import type { ChangePage, ChangesQuery } from '../contract/index.js';
import { changesFeature } from '../feature.js';
import { ChangesModule } from '../module.js';
import { ChangesController } from '../src/feed/changes.controller.js';
import { rowOf, type NewChange } from '../src/feed/event-row.js';
import { FeedWriter } from '../src/feed/feed-writer.js';

class PlantEvent extends EventBody {
  event: 'planted' | 'watered' | 'uprooted' | 'bed_dug';
  aggregate: 'plant' | 'bed' | 'diary' | 'gardener';
  workspace_id: string;
}
const gardenEvents = defineEvents('garden', {
  planted: PlantEvent,
  watered: PlantEvent,
  uprooted: PlantEvent,
  bed_dug: PlantEvent,
});
const { planted, watered, uprooted, bed_dug } = gardenEvents;

export const gardenOperations = operations(
  'garden',
  {},
  { plantResources: resources('List plants by id'), matchPlants: matching('Match plants with a filter') },
);

export const THINGS = [
  changesOf(
    'plant',
    {
      scope: 'garden:read',
      audience: 'list',
      keys: ['species'],
      resources: gardenOperations.plantResources,
      matching: gardenOperations.matchPlants,
    },
    { created: planted, updated: watered, deleted: uprooted },
  ),
  changesOf(
    'shift',
    { scope: 'garden:read', audience: 'list', keys: ['user_id'], personal: true },
    { created: planted, updated: watered, deleted: uprooted },
  ),
  changesOf('bed', { scope: 'garden:read', audience: 'itself' }, { created: bed_dug, updated: watered }),
  changesOf('gardener', { scope: null, audience: 'workspace' }, { updated: watered }),
  changesOf('secret', { scope: 'admin', audience: 'unlimited' }, { updated: watered }),
  changesOf('note', { scope: null, audience: 'owned' }, { created: planted, updated: watered, deleted: uprooted }),
  changesOf('diary', { scope: null, audience: 'user' }, { updated: watered }),
];

export type Kind = NewChange['change'];

export interface EventOptions extends Partial<FeatureEvent> {
  type?: string;
  user_id?: string;
  kind?: Kind;
}

export class ChangesWorld {
  readonly controller: ChangesController;
  readonly writer: FeedWriter;

  private constructor(
    readonly module: TestingModule,
    readonly database: Database,
    readonly url: string,
    private readonly drop: () => Promise<void>,
  ) {
    this.controller = module.get(ChangesController);
    this.writer = module.get(FeedWriter);
  }

  static async open(settings: object = {}): Promise<ChangesWorld> {
    const place = await createTestDatabase();
    const database = await openDatabase({
      module: 'changes',
      url: place.url,
      poolSize: 6,
      statementTimeoutMs: 60_000,
      migrations: changesFeature.migrations,
    });
    await migrate(database, 'changes');
    const imports = [
      nodeForTests({ databases: { changes: database }, settings: { changes: settings }, events: THINGS }),
      ChangesModule,
    ];
    const module = await Test.createTestingModule({ imports }).compile();
    return new ChangesWorld(module, database, place.url, async () => {
      await database.dataSource.destroy();
      await place.drop();
    });
  }

  async close(): Promise<void> {
    await this.drop();
  }

  row(workspaceId: string, { type = 'plant', kind = 'updated', ...event }: EventOptions = {}): NewChange {
    const thing = THINGS.map(({ thing: one }) => one).find((one) => one?.type === type);
    if (!thing) throw new Error(`There is no thing ${type}.`);
    const row = rowOf(
      {
        id: uuidv7(),
        event: 'watered',
        aggregate: type,
        aggregate_id: uuidv7(),
        version: 1,
        occurred_at: '2026-05-01T09:00:00.000Z',
        actor: { kind: 'system', id: 'test' },
        request_id: 'request',
        changes: {},
        workspace_id: workspaceId,
        ...event,
      },
      thing,
      kind,
    );
    if (!row) throw new Error('An event of a workspace has a row.');
    return row;
  }

  async append(workspaceId: string, ...events: EventOptions[]): Promise<NewChange[]> {
    const rows = events.map((event) => this.row(workspaceId, event));
    await this.writer.append(rows);
    return rows;
  }

  find(workspaceId: string, query: ChangesQuery = {}, call: Partial<CallContext> = {}): Promise<ChangePage> {
    return this.controller.findChanges(query, {
      principal: callerIn(workspaceId),
      requestId: 'test',
      ...call,
    });
  }
}

export function callerIn(workspaceId: string, more: Partial<Principal> = {}): Principal {
  return { kind: 'api_key', id: '0198b6c2-5f5e-7c3a-9d0e-00000000000c', workspaceId, scopes: ['*'], ...more };
}
