// A feature does for its tables what the kit of the platform has for them. Derived from each feature's own migrations and
// Nest modules: a new one under libs/ is held to it.
import 'reflect-metadata';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Controller, Module, type DynamicModule, type Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { PATTERN_EXTRAS_METADATA } from '@nestjs/microservices/constants.js';
import { defineEvent, type EventContract } from '@mono/bus';
import { get, operations, SCOPES, type OperationMap } from '@mono/contract';
import { createInboxV1, createOutboxV1 } from '@mono/bus/outbox';
import { createIdempotencyV1, DatabaseModule, OnEvent, OutboxModule, type Feature } from '@mono/platform';
import { FEATURES as FEATURES_OF_APP } from '@mono/server/features';
import { isOnEveryNode } from '../support/schema-of-lib.ts';

const LIBS = resolve(import.meta.dirname, '../../libs');
const FEATURES = readdirSync(LIBS).filter((lib) => existsSync(join(LIBS, lib, 'feature.ts')));
/** auth deletes the rows itself; the audit trail outlives the workspaces that it names. */
const WITHOUT_CONSUMER = new Set(['auth', 'admin']);
const ACCOUNT_DELETED = 'events.auth.v1.account_deleted';

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

/** The subjects of the events that a Nest module consumes durably. */
function consumedBy(module: Type): string[] {
  const controllers = (Reflect.getMetadata('controllers', module) ?? []) as Type[];
  const scanner = new MetadataScanner();
  return controllers.flatMap(({ prototype }) =>
    scanner.getAllMethodNames(prototype as object).flatMap((method) => {
      const handler = (prototype as Record<string, object>)[method] ?? {};
      const extras = Reflect.getMetadata(PATTERN_EXTRAS_METADATA, handler) as
        { bus?: { kind: string; contracts?: readonly EventContract[] } } | undefined;
      return extras?.bus?.kind === 'durable' ? (extras.bus.contracts ?? []).map(({ subject }) => subject) : [];
    }),
  );
}

function faultsOf(name: string, statements: string, module: Type): string[] {
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
    [
      !WITHOUT_CONSUMER.has(name) &&
        own.some((statement) => /\bworkspace_id uuid\b/i.test(statement)) &&
        !consumedBy(module).includes(ACCOUNT_DELETED),
      'has rows of workspaces and does not consume auth’s account_deleted',
    ],
  ];
  return faults.flatMap(([broken, fault]) => (broken ? [`${name} ${fault}`] : []));
}

/** The operations that no credential could ever call. */
function undeclaredScopesOf(maps: readonly OperationMap[]): string[] {
  return maps
    .flatMap((map) => Object.values(map))
    .filter(({ scope }) => scope !== null && scope !== 'operator' && !SCOPES.includes(scope))
    .map(({ subject, scope }) => `${subject} needs the scope ${scope}, which no feature declares`);
}

const FORBIDDEN = { 'useValue: new': /useValue:\s*new\b/, 'Scope.REQUEST': /\bScope\.REQUEST\b/ };

function forbiddenIn(source: string): string[] {
  return Object.entries(FORBIDDEN).flatMap(([name, pattern]) => (pattern.test(source) ? [name] : []));
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
    expect(faultsOf(lib, await statementsOf(feature), await feature.load())).toEqual([]);
  });

  test('declare the scopes that their operations need', () => {
    expect(undeclaredScopesOf(FEATURES_OF_APP.flatMap(({ edge }) => edge.operations ?? []))).toEqual([]);
  });

  test.each(FEATURES)('%s leaves making its providers to Nest, once each', (lib) => {
    const found = sourcesOf(lib).flatMap((path) =>
      forbiddenIn(readFileSync(path, 'utf8')).map((what) => `${path.slice(LIBS.length + 1)} has ${what}`),
    );
    expect(found).toEqual([]);
  });
});

describe('a planted feature', () => {
  @Module({ imports: [DatabaseModule.forFeature({ module: 'bakery' }), OutboxModule.forFeature({ module: 'bakery' })] })
  class Forgetful {}

  @Module({})
  class Bare {}

  const deleted = defineEvent({ module: 'auth', name: 'account_deleted', event: class Deleted {} });
  @Controller()
  class Accounts {
    @OnEvent(deleted, { consumer: 'bakery-accounts', module: 'bakery' })
    async erase(): Promise<void> {
      await Promise.resolve();
    }
  }
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
    ['that keeps rows of deleted workspaces', sql(LOAF), Forgetful, 'does not consume auth’s account_deleted'],
  ])('%s is seen', (_what, statements, module, fault) => {
    expect(faultsOf('bakery', statements, module)).toEqual([expect.stringContaining(fault)]);
  });

  test('that takes care of all its tables has no faults', () => {
    const all = [createOutboxV1, createInboxV1, createIdempotencyV1].flatMap((create) => create('bakery'));
    expect(faultsOf('bakery', sql(...all, LOAF), Careful)).toEqual([]);
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
  ])('with %s is seen', (what, source) => {
    expect(forbiddenIn(source)).toEqual([what]);
  });
});
