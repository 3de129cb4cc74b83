// A feature does for its tables what the kit of the platform has for them. Derived from each feature's own migrations and
// Nest modules: a new one under libs/ is held to it.
import 'reflect-metadata';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Controller, Inject, Module, type DynamicModule, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  authEvents,
  covers,
  erasingEvents,
  ownOnlyOf,
  ROLES,
  scopesOfRole,
  workspacesErasedBy,
  type ErasingEvent,
  type UserEvent,
} from '@mono/auth/contract';
import type { EventContract } from '@mono/bus';
import {
  changesOf,
  defineEvents,
  EventBody,
  get,
  operations,
  SCOPES,
  withoutChange,
  type EventChanges,
  type OperationMap,
} from '@mono/contract';
import { createInboxV1, createOutboxV1 } from '@mono/bus/outbox';
import {
  createIdempotencyV1,
  Database,
  DatabaseModule,
  JobQueues,
  OnEvent,
  OutboxModule,
  schemaOf,
  type Feature,
  type JobQueue,
  type Statement,
} from '@mono/platform';
import { deliverEvent, nodeForTests } from '@mono/platform/testing';
import { FEATURES as FEATURES_OF_APP } from '@mono/server/features';
import { uuidv7 } from 'uuidv7';
import { isOnEveryNode } from '../support/schema-of-lib.ts';

const LIBS = resolve(import.meta.dirname, '../../libs');
const FEATURES = readdirSync(LIBS).filter((lib) => existsSync(join(LIBS, lib, 'feature.ts')));
/** auth deletes the rows itself; the audit trail outlives the workspaces that it names. */
const WITHOUT_CONSUMER = new Set(['auth', 'admin']);
/** They delete rows when the tasks module publishes the deletion of each task of the workspace. */
const WITH_THEIR_TASKS = new Set(['notifications']);

/** The statements of a feature's migrations. */
async function statementsOf({ migrations }: Feature): Promise<string> {
  const statements: string[] = [];
  const runner = {
    query: (statement: string) => {
      statements.push(statement);
      return Promise.resolve([]);
    },
  };
  for (const Migration of migrations) await new Migration().up(runner as never);
  return sql(...statements);
}

function sql(...statements: string[]): string {
  return statements.join(';\n').replaceAll('"', '');
}

function has(statements: string, table: string): boolean {
  return new RegExp(`CREATE TABLE (?:IF NOT EXISTS )?\\w+\\.${table}\\b`, 'i').test(statements);
}

/** The dynamic modules that a Nest module imports, and their providers. */
function importsOf(module: Type): { from: Type[]; provided: Set<string> } {
  const imports = (Reflect.getMetadata('imports', module) ?? []) as (Type | DynamicModule)[];
  const dynamic = imports.filter((one): one is DynamicModule => 'module' in one);
  const provided = dynamic.flatMap(({ providers = [] }) =>
    providers.map((provider) => {
      const token = typeof provider === 'function' ? provider : provider.provide;
      return typeof token === 'function' ? token.name : String(token);
    }),
  );
  return { from: dynamic.map(({ module: of }) => of), provided: new Set(provided) };
}

/** Whether the module deletes rows of a schema when it consumes the event with which workspaces are deleted. */
async function erases(name: string, module: Type, { subject, name: deleted }: EventContract): Promise<boolean> {
  const statements: string[] = [];
  const database = {
    query: (statement: Statement | string) => {
      const { name: prepared = '', text } = typeof statement === 'string' ? { text: statement } : statement;
      statements.push(text);
      // The inbox has not seen the event.
      return Promise.resolve(prepared.startsWith('inbox_enter_') ? [{ entered: 1 }] : []);
    },
    transaction: (work: (on: object) => Promise<unknown>) => work(database),
    afterCommit: () => undefined,
  };
  const imports = [
    nodeForTests({ databases: { [name]: database as unknown as Database }, jobs: new NoJobs() }),
    module,
  ];
  const node = await Test.createTestingModule({ imports }).compile();
  const ids = { id: uuidv7(), aggregate_id: uuidv7(), workspace_ids: [uuidv7()] };
  const event = {
    subject,
    event: deleted,
    occurred_at: new Date().toISOString(),
    request_id: 'test',
    ...ids,
  };
  // Consumers that call other modules fail: none is there.
  await deliverEvent(node, event).catch(() => undefined);
  return statements.some((text) => new RegExp(`DELETE FROM "?${schemaOf(name)}"?\\.`).test(text));
}

class NoJobs extends JobQueues {
  queue<Payload>(): JobQueue<Payload> {
    return { add: () => Promise.resolve() } as unknown as JobQueue<Payload>;
  }
}

async function faultsOf(name: string, statements: string, module: Type): Promise<string[]> {
  const { from, provided } = importsOf(module);
  // The kit's own tables are pruned whole.
  const own = statements.split(';\n').filter((statement) => !/\.(?:outbox|inbox|idempotency)\b/.test(statement));
  const faults: [boolean, string][] = [
    [has(statements, 'outbox') && !from.includes(OutboxModule), 'has an outbox and no relay (OutboxModule.forFeature)'],
    [has(statements, 'inbox') && !provided.has('InboxPruning'), 'never prunes its inbox (OutboxModule: inbox)'],
    [
      has(statements, 'idempotency') && !provided.has('IdempotencyPruning'),
      'never prunes its idempotency keys (DatabaseModule: idempotency)',
    ],
  ];
  const keepsRows = !WITHOUT_CONSUMER.has(name) && own.some((statement) => /\bworkspace_id uuid\b/i.test(statement));
  const unheard: string[] = [];
  for (const event of keepsRows ? erasingEvents : []) {
    const follows = event === authEvents.workspace_deleted && WITH_THEIR_TASKS.has(name);
    if (!follows && !(await erases(name, module, event))) unheard.push(event.name);
  }
  faults.push([
    unheard.length > 0,
    `has rows of workspaces and deletes none when it consumes auth’s ${unheard.join(' and ')}`,
  ]);
  return faults.flatMap(([broken, fault]) => (broken ? [`${name} ${fault}`] : []));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The events of a module among the values that its contract exports. */
function eventsIn(contract: object, module: string): EventContract[] {
  const exported = Object.values(contract).filter(isObject);
  const events = [...exported, ...exported.flatMap((value) => Object.values(value) as unknown[])].filter(
    (value): value is EventContract => isObject(value) && 'kind' in value && value.kind === 'event',
  );
  return [...new Set(events)].filter((event) => event.module === module && event.name !== '*');
}

/** The events that the change feed would miss, or could not tell apart. */
function faultsOfEvents(
  name: string,
  statements: string,
  contract: object,
  changes: readonly EventChanges[],
): string[] {
  if (!has(statements, 'outbox')) return [];
  const declared = changes.flatMap(({ events }) => events.map(({ contract: { subject } }) => subject));
  const known = new Set(declared);
  const twice = declared.filter((subject, index) => declared.indexOf(subject) !== index);
  const own = eventsIn(contract, name);
  return [
    ...(own.length === 0 ? [`${name} has an outbox, and its contract exports no events as values`] : []),
    ...own
      .filter(({ subject }) => !known.has(subject))
      .map(({ subject }) => `${subject} is not among the events of its feature (changesOf, withoutChange)`),
    ...twice.map((subject) => `${subject} is declared twice`),
    ...changes.flatMap(({ thing }) =>
      thing?.scope && !SCOPES.includes(thing.scope) ? [`${thing.type} needs the scope ${thing.scope}`] : [],
    ),
  ];
}

/** The operations that no credential could ever call. */
function undeclaredScopesOf(maps: readonly OperationMap[]): string[] {
  return maps
    .flatMap((map) => Object.values(map))
    .filter(({ scope }) => scope !== null && scope !== 'operator' && !SCOPES.includes(scope))
    .map(({ subject, scope }) => `${subject} needs the scope ${scope}, which no feature declares`);
}

/** How it looks in the sources of a feature. */
const FORBIDDEN: Readonly<Record<string, (lib: string) => RegExp>> = {
  'useValue: new': () => /useValue:\s*new\b/,
  'Scope.REQUEST': () => /\bScope\.REQUEST\b/,
  // An event is declared once, by defineEvents() in the contract of its owner.
  'defineEvent(': () => /\bdefineEvent\(/,
  'defineEvents( of another module': (lib) => new RegExp(`\\bdefineEvents\\(\\s*'(?!${lib}')`),
};

/** The events of other modules that a contract declares. */
function foreignEventsIn(lib: string, contract: Readonly<Record<string, unknown>>): string[] {
  const exported = Object.values(contract).filter(
    (value): value is object => typeof value === 'object' && value !== null,
  );
  const values = [exported, ...exported.map((value) => Object.values(value) as unknown[])].flat();
  return values
    .filter((value): value is EventContract => (value as Partial<EventContract> | null)?.kind === 'event')
    .filter(({ module }) => module !== lib)
    .map(({ subject }) => `${lib} declares ${subject}`);
}

function forbiddenIn(lib: string, source: string): string[] {
  return Object.entries(FORBIDDEN).flatMap(([name, patternOf]) => (patternOf(lib).test(source) ? [name] : []));
}

function sourcesOf(lib: string): string[] {
  return readdirSync(join(LIBS, lib), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/(?:dist|node_modules|testing)\//.test(path));
}

describe('features', () => {
  test('exist', () => {
    expect(FEATURES.length).toBeGreaterThan(0);
  });

  test.each(FEATURES)('%s relays, prunes and erases what its tables need', async (lib) => {
    const exported = Object.values((await import(`@mono/${lib}/feature`)) as Record<string, Feature>);
    const feature = exported.find((one) => typeof one === 'object' && 'load' in one);
    if (!feature) throw new Error(`libs/${lib}/feature.ts exports no feature.`);
    expect(feature.name).toBe(lib);
    expect(feature.onEveryNode ?? false).toBe(isOnEveryNode(lib));
    expect(await faultsOf(lib, await statementsOf(feature), await feature.load())).toEqual([]);
  });

  test.each(FEATURES)('%s declares all of its events for the change feed', async (lib) => {
    const exported = Object.values((await import(`@mono/${lib}/feature`)) as Record<string, Feature>);
    const feature = exported.find((one) => typeof one === 'object' && 'load' in one) as Feature;
    const contract = (await import(`@mono/${lib}/contract`)) as object;
    expect(faultsOfEvents(lib, await statementsOf(feature), contract, feature.events ?? [])).toEqual([]);
  });

  test('name each type of the change feed once', () => {
    const types = FEATURES_OF_APP.flatMap(({ events = [] }) => events).flatMap(({ thing }) => thing?.type ?? []);
    expect(types.length).toBeGreaterThan(0);
    expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
  });

  test('declare the scopes that their operations need', () => {
    expect(undeclaredScopesOf(FEATURES_OF_APP.flatMap(({ operations = [] }) => operations))).toEqual([]);
  });

  // A webhook sends the events of all people.
  test('let no role create webhooks that reads its own things only', () => {
    const creators = ROLES.filter((role) => covers(scopesOfRole(role), ['webhooks:write']));
    expect(creators).not.toEqual([]);
    expect(creators.filter((role) => ownOnlyOf(role, 'admins').ownOnly !== undefined)).toEqual([]);
  });

  test.each(FEATURES)('%s declares no event of another module', async (lib) => {
    const contract = (await import(`@mono/${lib}/contract`)) as Record<string, unknown>;
    expect(foreignEventsIn(lib, contract)).toEqual([]);
  });

  test.each(FEATURES)('%s leaves making its providers to Nest, once each', (lib) => {
    const found = sourcesOf(lib).flatMap((path) =>
      forbiddenIn(lib, readFileSync(path, 'utf8')).map((what) => `${path.slice(LIBS.length + 1)} has ${what}`),
    );
    expect(found).toEqual([]);
  });
});

describe('a planted feature', () => {
  @Module({ imports: [DatabaseModule.forFeature({ module: 'bakery' }), OutboxModule.forFeature({ module: 'bakery' })] })
  class Forgetful {}

  @Module({})
  class Bare {}

  @Controller()
  class Accounts {
    constructor(@Inject(Database) readonly database: Database) {}

    @OnEvent(erasingEvents, { consumer: ({ name }) => `bakery-${name.replaceAll('_', '-')}`, module: 'bakery' })
    async erase(event: ErasingEvent): Promise<void> {
      await this.database.query('DELETE FROM bakery.loaf WHERE workspace_id = ANY ($1)', [workspacesErasedBy(event)]);
    }
  }
  @Controller()
  class Mourners {
    constructor(@Inject(Database) readonly database: Database) {}

    @OnEvent(authEvents.account_deleted, { consumer: 'bakery-mourners', module: 'bakery' })
    async mourn({ aggregate_id: id }: UserEvent): Promise<void> {
      await this.database.query('SELECT FROM bakery.loaf WHERE baker_id = $1', [id]);
    }
  }
  @Module({ imports: [DatabaseModule.forFeature({ module: 'bakery' })], controllers: [Mourners] })
  class Mourning {}
  @Module({
    imports: [
      DatabaseModule.forFeature({ module: 'bakery', idempotency: true }),
      OutboxModule.forFeature({ module: 'bakery', inbox: true }),
    ],
    controllers: [Accounts],
  })
  class Careful {}

  const LOAF = 'CREATE TABLE "bakery"."loaf" ("id" uuid PRIMARY KEY, "workspace_id" uuid NOT NULL)';

  test.each<[string, string, Type, string]>([
    ['without a relay', sql(...createOutboxV1('bakery')), Bare, 'has an outbox and no relay'],
    ['with an inbox that grows', sql(...createInboxV1('bakery')), Forgetful, 'never prunes its inbox'],
    ['with keys that stay', sql(...createIdempotencyV1('bakery')), Forgetful, 'never prunes its idempotency keys'],
    ['that keeps rows of deleted workspaces', sql(LOAF), Forgetful, 'deletes none when it consumes'],
    ['that consumes their deletion for another purpose', sql(LOAF), Mourning, 'deletes none when it consumes'],
  ])('%s is seen', async (_what, statements, module, fault) => {
    expect(await faultsOf('bakery', statements, module)).toEqual([expect.stringContaining(fault)]);
  });

  test('that takes care of all its tables has no faults', async () => {
    const all = [createOutboxV1, createInboxV1, createIdempotencyV1].flatMap((create) => create('bakery'));
    expect(await faultsOf('bakery', sql(...all, LOAF), Careful)).toEqual([]);
  });

  test('that declares an event of another module is seen', () => {
    const { account_deleted } = authEvents;
    const contract = { bakeryEvents: { account_deleted }, accountDeleted: account_deleted };
    expect(foreignEventsIn('bakery', contract)).toHaveLength(2);
    expect(foreignEventsIn('auth', contract)).toEqual([]);
  });

  describe('with an outbox', () => {
    class LoafEvent extends EventBody {
      event: 'baked' | 'sold';
      aggregate: 'loaf';
    }
    const { baked, sold } = defineEvents('bakery', { baked: LoafEvent, sold: LoafEvent });
    const outbox = sql(...createOutboxV1('bakery'));
    const loaf = { scope: null, audience: 'workspace' } as const;
    const contract = { bakeryEvents: { sold, baked }, authEvents };

    test('whose events are not all declared is seen', () => {
      const some = [changesOf('loaf', loaf, { updated: sold })];
      expect(faultsOfEvents('bakery', outbox, contract, some)).toEqual([
        expect.stringContaining('events.bakery.v1.baked is not among the events'),
      ]);
      expect(faultsOfEvents('bakery', outbox, contract, [])).toHaveLength(2);
    });

    test.each<[string, object, EventChanges[], string]>([
      ['that has no events as values', {}, [], 'exports no events'],
      [
        'that declares an event twice',
        contract,
        [changesOf('loaf', loaf, { created: baked, updated: [sold, baked] })],
        'twice',
      ],
      [
        'whose thing needs an undeclared scope',
        contract,
        [changesOf('loaf', { ...loaf, scope: 'loaves:read' }, { created: [baked, sold] })],
        'needs the scope loaves:read',
      ],
    ])('%s is seen', (_what, exported, changes, fault) => {
      expect(faultsOfEvents('bakery', outbox, exported, changes)).toEqual([expect.stringContaining(fault)]);
    });

    test('that declares all of them has no faults', () => {
      const all = [changesOf('loaf', loaf, { created: baked }), withoutChange(sold)];
      expect(faultsOfEvents('bakery', outbox, contract, all)).toEqual([]);
    });
  });

  test('whose operation needs an undeclared scope is seen', () => {
    const loaves = operations(
      'bakery',
      {},
      { getLoaf: get('/v1/loaf', { summary: 'Get a loaf', scope: 'loaves:read' }) },
    );
    expect(undeclaredScopesOf([loaves])).toEqual([expect.stringContaining('needs the scope loaves:read')]);
  });

  test.each([
    ['useValue: new', '{ provide: Oven, useValue: new Oven(database) }'],
    ['Scope.REQUEST', '@Injectable({ scope: Scope.REQUEST })'],
    ['defineEvent(', "const deleted = defineEvent({ module: 'auth', name: 'account_deleted', event: Deleted })"],
    ['defineEvents( of another module', "export const events = defineEvents('auth', { account_deleted: Deleted })"],
  ])('with %s is seen', (what, source) => {
    expect(forbiddenIn('bakery', source)).toEqual([what]);
  });
});
