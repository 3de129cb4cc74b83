// A key that is limited to one list can neither see, change, rotate nor revoke a key that reaches further.
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { OPERATOR, type ApiKeyQuery } from '../../contract/index.js';
import { bootstrapWorkspace } from '../bootstrap/bootstrap-workspace.js';
import { makeApiKey } from '../../contract/index.js';
import { createAuthWorld, type AuthWorld } from '../../testing/auth-world.js';
import { ApiKeysController } from './api-keys.controller.js';

const LIST = uuidv7();
const OTHER = uuidv7();

/** Each kind of key: its scopes and lists. */
const KINDS = {
  operator: [['*', OPERATOR], null],
  operatorOnly: [['admin', OPERATOR], null],
  everything: [['*'], null],
  admin: [['admin'], null],
  reader: [['tasks:read'], null],
  everythingInLists: [['*'], [LIST, OTHER]],
  everythingInList: [['*'], [LIST]],
  adminInList: [['admin'], [LIST]],
  readerInList: [['tasks:read'], [LIST]],
  readerInOther: [['tasks:read'], [OTHER]],
} as const;
type Kind = keyof typeof KINDS;
const KIND_NAMES = Object.keys(KINDS) as Kind[];

const IN_LIST = ['everythingInList', 'adminInList', 'readerInList'] as const;
const IN_LISTS = [...IN_LIST, 'everythingInLists', 'readerInOther'] as const;
const PLAIN = ['everything', 'admin', 'reader', ...IN_LISTS] as const;

/** Written out by hand, not derived from the rule. */
const WITHIN: Partial<Record<Kind, readonly Kind[]>> = {
  operator: KIND_NAMES,
  operatorOnly: ['operatorOnly', 'admin', 'adminInList'],
  everything: PLAIN,
  admin: ['admin', 'adminInList'],
  everythingInLists: IN_LISTS,
  everythingInList: IN_LIST,
  adminInList: ['adminInList'],
};

let world: AuthWorld;
let keys: ApiKeysController;
let operator: CallContext;

beforeAll(async () => {
  world = await createAuthWorld();
  await bootstrapWorkspace(world.database, makeApiKey('test'));
  const [workspace] = await world.database.query<{ id: string }>('SELECT id FROM auth.workspace');
  keys = new ApiKeysController(world.database, new OutboxSignal(), { environment: 'test' });
  operator = {
    requestId: 'test',
    principal: { kind: 'system', id: 'operator', workspaceId: workspace?.id ?? '', scopes: ['*', OPERATOR] },
  };
});
beforeEach(() => world.database.query('TRUNCATE auth.api_key CASCADE'));
afterAll(() => world?.end());

async function keyOf(kind: Kind): Promise<string> {
  const [scopes, lists] = KINDS[kind];
  const made = await keys.createApiKey({ name: kind, scopes, list_ids: lists }, operator);
  return made.id;
}

async function callerOf(kind: Kind): Promise<CallContext> {
  const { workspaceId } = operator.principal;
  return {
    requestId: 'test',
    principal: { kind: 'api_key', id: await keyOf(kind), workspaceId, scopes: KINDS[kind][0] },
  };
}

/** How a use case ends: `done`, or the code of its error. */
async function outcome(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return (error as { code: unknown }).code;
  }
}

test.each(Object.keys(WITHIN) as Kind[])(
  'a key of the kind %s reaches keys within its own reach alone',
  async (kind) => {
    const caller = await callerOf(kind);
    const targets = new Map<Kind, string>();
    for (const target of KIND_NAMES) targets.set(target, await keyOf(target));
    const query: ApiKeyQuery = { limit: 100, count: 'exact' };
    const { items, page } = await keys.findApiKeys(query, caller);
    const seen = items.filter(({ id }) => id !== caller.principal.id).map(({ name }) => name);
    expect(seen.toSorted()).toEqual([...(WITHIN[kind] ?? [])].toSorted());
    // The caller's own key is within its reach.
    expect(page.total).toBe(seen.length + 1);
    const outcomes: Record<string, unknown[]> = {};
    for (const [target, id] of targets) {
      outcomes[target] = [
        await outcome(keys.getApiKey({ id: id }, caller)),
        await outcome(keys.updateApiKey({ id: id, patch: { name: 'Renamed' } }, caller)),
        await outcome(keys.rotateApiKey({ id }, caller)),
        await outcome(keys.revokeApiKey({ id: id }, caller)),
      ];
    }
    const expected = KIND_NAMES.map((target) => {
      const done = WITHIN[kind]?.includes(target) ? 'done' : 'api_key_not_found';
      return [target, [done, done, done, done]] as const;
    });
    expect(outcomes).toEqual(Object.fromEntries(expected));
  },
);

test('a key cannot take a stronger key down by narrowing it', async () => {
  const caller = await callerOf('adminInList');
  const strong = await keyOf('everything');
  const patch = { scopes: ['admin' as const], list_ids: [LIST] };
  expect(await outcome(keys.updateApiKey({ id: strong, patch }, caller))).toBe('api_key_not_found');
  expect(await keys.getApiKey({ id: strong }, operator)).toMatchObject({
    scopes: ['*'],
    list_ids: null,
    state: 'active',
    version: 1,
  });
});

test('a key of another workspace is not found, whoever asks', async () => {
  const strong = await keyOf('everything');
  const elsewhere = { ...operator, principal: { ...operator.principal, workspaceId: uuidv7() } };
  expect(await outcome(keys.getApiKey({ id: strong }, elsewhere))).toBe('api_key_not_found');
  expect(await outcome(keys.revokeApiKey({ id: strong }, elsewhere))).toBe('api_key_not_found');
});
