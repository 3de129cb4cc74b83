// The use case on a real database; the other modules are fakes that keep what they are asked to create.
import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { membersOperations, type MemberPage } from '@mono/auth/contract';
import type { CallContext, InputOf, Principal } from '@mono/contract';
import { DomainError, UnavailableError } from '@mono/contract/errors';
import { migrate, openDatabase, Operation, type Database } from '@mono/platform';
import { localBus, nodeForTests } from '@mono/platform/testing';
import { templatesOperations, type CreateTemplate, type Template } from '@mono/recurrence/contract';
import {
  listsOperations,
  tasksErrors,
  tasksOperations,
  type CreateTask,
  type ListPage,
  type Task,
} from '@mono/tasks/contract';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { captureFeature } from '../../feature.js';
import { CaptureModule } from '../../module.js';
import { AccountsConsumer } from '../accounts/accounts.consumer.js';
import { QuickAddController } from './quick-add.controller.js';

const HOME = randomUUID();
const ADA = randomUUID();

/** The part of a reply that quick add uses. */
function reply<Whole>(part: object): Promise<Whole> {
  return Promise.resolve(part as Whole);
}

@Controller()
class Others {
  created: (CreateTask | CreateTemplate)[] = [];
  asked: string[] = [];
  /** Titles whose creation fails. */
  readonly failing = new Map<string, Error>();
  private readonly replies = new Map<string, { body: string; id: string }>();

  @Operation(tasksOperations.createTask)
  createTask(input: InputOf<typeof tasksOperations.createTask>, call: CallContext) {
    return reply<Task>(this.create(input, call));
  }

  @Operation(templatesOperations.createTemplate)
  createTemplate(input: InputOf<typeof templatesOperations.createTemplate>, call: CallContext) {
    return reply<Template>(this.create(input, call));
  }

  @Operation(listsOperations.findLists)
  findLists(query: InputOf<typeof listsOperations.findLists>) {
    this.asked.push('lists');
    const [items, next_cursor] = query.cursor === undefined ? [[], 'more'] : [[{ id: HOME, title: 'Home' }], null];
    return reply<ListPage>({ items, page: { limit: 500, next_cursor, total: null } });
  }

  @Operation(membersOperations.findMembers)
  findMembers() {
    this.asked.push('members');
    const items = [{ id: ADA, name: 'Ada Lovelace', email: 'ada@example.com' }];
    return reply<MemberPage>({ items, page: { limit: 500, next_cursor: null, total: null } });
  }

  /** As the modules do: one key has one effect, and another input under it is refused. */
  private create(input: CreateTask | CreateTemplate, { idempotencyKey }: CallContext) {
    const body = JSON.stringify(input);
    const kept = idempotencyKey === undefined ? undefined : this.replies.get(idempotencyKey);
    if (kept && kept.body !== body) throw new DomainError('invalid', 'idempotency_key_reused', 'Another request.');
    if (kept) return { id: kept.id, list_id: input.list_id ?? HOME };
    const fault = this.failing.get(input.title);
    if (fault) throw fault;
    const id = randomUUID();
    if (idempotencyKey !== undefined) this.replies.set(idempotencyKey, { body, id });
    this.created.push(input);
    return { id, list_id: input.list_id ?? HOME };
  }
}

describe('quick add', () => {
  let place: TestDatabase;
  let database: Database;
  let others: Others;
  let quick: QuickAddController;
  let accounts: AccountsConsumer;
  let workspaceId: string;

  beforeAll(async () => {
    place = await createTestDatabase();
    const { migrations } = captureFeature;
    database = await openDatabase({
      module: 'capture',
      url: place.url,
      poolSize: 4,
      statementTimeoutMs: 10_000,
      migrations,
    });
    await migrate(database, 'capture');
  });
  beforeEach(async () => {
    workspaceId = randomUUID();
    others = new Others();
    const imports = [nodeForTests({ databases: { capture: database }, bus: localBus(others) }), CaptureModule];
    const module = await Test.createTestingModule({ imports }).compile();
    quick = module.get(QuickAddController);
    accounts = module.get(AccountsConsumer);
  });
  afterAll(async () => {
    await database?.dataSource.destroy();
    await place?.drop();
  });

  function call(more: Partial<CallContext> = {}, principal: Partial<Principal> = {}): CallContext {
    return {
      principal: {
        kind: 'api_key',
        id: 'key',
        workspaceId,
        scopes: ['*'],
        timezone: 'Europe/Berlin',
        ...principal,
      },
      requestId: 'test',
      ...more,
    };
  }

  test('creates a task with its fields, and answers their places', async () => {
    const text = 'Call the plumber 2040-05-01 14:30 #home +ada @urgent !high ~30m';
    const { items, timezone } = await quick.quickAdd({ text }, call());
    const fields = {
      title: 'Call the plumber',
      list_id: HOME,
      assignee_id: ADA,
      tags: ['urgent'],
      priority: 'high',
      due_at: '2040-05-01T12:30:00Z',
      due_on: null,
      timezone: 'Europe/Berlin',
      estimated_duration: 'PT30M',
    };
    expect(timezone).toBe('Europe/Berlin');
    expect(items).toMatchObject([{ ...fields, id: expect.any(String), warnings: [] }]);
    expect(others.created).toEqual([{ ...fields, parent_id: null, starts_on: null }]);
    expect(items[0]?.spans.map(({ field, start, end }) => [field, text.slice(start, end)])).toEqual([
      ['due_at', '2040-05-01 14:30'],
      ['list_id', '#home'],
      ['assignee_id', '+ada'],
      ['tags', '@urgent'],
      ['priority', '!high'],
      ['estimated_duration', '~30m'],
    ]);
  });

  test('creates subtasks below their parents, and templates', async () => {
    const text = 'Party\n  Food\n    Cake\n  Music\nWater plants every! 3 days from 2040-05-01 9am';
    const { items } = await quick.quickAdd({ text }, call());
    const [party, food, cake, music, plants] = items;
    expect(others.created).toMatchObject([
      { title: 'Party', parent_id: null },
      { title: 'Food', parent_id: party?.id },
      { title: 'Cake', parent_id: food?.id },
      { title: 'Music', parent_id: party?.id },
      {
        title: 'Water plants',
        anchor: 'completion',
        rule: { dtstart: '2040-05-01T09:00:00', timezone: 'Europe/Berlin', pattern: 'daily', every: 3 },
      },
    ]);
    expect([cake?.parent, music?.parent, plants?.id, plants?.template?.id]).toEqual([1, 0, null, expect.any(String)]);
  });

  test('creates nothing in a dry run', async () => {
    const input = { text: 'Water plants every day #Nowhere\n\n  tomorrow', dry_run: true };
    const answer = await quick.quickAdd(input, call({ idempotencyKey: 'dry' }));
    expect(others.created).toEqual([]);
    expect(await quick.quickAdd(input, call({ idempotencyKey: 'dry' }))).toEqual(answer);
    expect(answer.items).toMatchObject([
      {
        id: null,
        title: 'Water plants every day #Nowhere',
        warnings: [{ code: 'unknown_list' }, { code: 'recurring_subtask' }],
      },
      { title: '', warnings: [{ code: 'empty_title', message: 'The line has no title.' }] },
    ]);
    const { items } = await quick.quickAdd({ text: 'Water plants every day', dry_run: true }, call());
    expect(items).toMatchObject([{ template: { id: null, anchor: 'schedule' }, spans: [{ field: 'template' }] }]);
  });

  test('asks for names only where the text has some', async () => {
    await quick.quickAdd({ text: 'Fix C# and C++ of issue#5', dry_run: true }, call());
    expect(others.asked).toEqual([]);
    await quick.quickAdd({ text: 'Call +me', dry_run: true }, call({}, { kind: 'user', id: ADA }));
    expect(others.asked).toEqual(['members']);
  });

  test('reads in the zone of the caller, or in the one that is given', async () => {
    const zones = [
      await quick.quickAdd({ text: 'A', dry_run: true }, call({}, { timezone: 'Asia/Tokyo' })),
      await quick.quickAdd({ text: 'A', dry_run: true }, call()),
      await quick.quickAdd({ text: 'A', dry_run: true, timezone: 'UTC' }, call()),
    ].map(({ timezone }) => timezone);
    expect(zones).toEqual(['Asia/Tokyo', 'Europe/Berlin', 'UTC']);
  });

  test('refuses all lines if one cannot be created, and names it', async () => {
    const issues = [
      ['Buy milk\ntomorrow', 'line 2: The line has no title.'],
      [`\n${'x'.repeat(300)}`, 'line 2: The title must have at most 255 characters.'],
      ['x'.repeat(1_001), 'line 1 must have at most 1000 characters'],
      ['x\n'.repeat(101), 'must have at most 100 lines that are not blank'],
      ['- ', 'must have a line that is not blank'],
    ] as const;
    for (const [text, issue] of issues)
      await expect(quick.quickAdd({ text }, call())).rejects.toMatchObject({ details: [{ field: 'text', issue }] });
    expect(others.created).toEqual([]);
  });

  test('requires the scope of templates before anything is created', async () => {
    const member = call({}, { scopes: ['tasks:write', 'tasks:read'] });
    const text = 'Buy milk\nWater plants every day';
    await expect(quick.quickAdd({ text }, member)).rejects.toMatchObject({ code: 'forbidden' });
    expect(others.created).toEqual([]);
    expect((await quick.quickAdd({ text, dry_run: true }, member)).items).toHaveLength(2);
  });

  describe('if a line fails', () => {
    test('as the first one, the request fails', async () => {
      others.failing.set('One', tasksErrors.duplicate_task({ title: 'One' }));
      await expect(quick.quickAdd({ text: 'One\nTwo' }, call())).rejects.toMatchObject({ code: 'duplicate_task' });
      expect(others.created).toEqual([]);
    });

    test('later, the answer has the created ones, and a retry with the same key creates the rest', async () => {
      others.failing.set('Two', new UnavailableError('Tasks cannot be reached.'));
      const input = { text: 'One in 2 hours\n  Two\n  Three\nFour every 8 hours' };
      const first = await quick.quickAdd(input, call({ idempotencyKey: 'again' }));
      expect(first.items.map(({ error }) => error?.code)).toEqual([
        undefined,
        'unavailable',
        'not_attempted',
        'not_attempted',
      ]);
      others.failing.clear();
      let replayed = 0;
      const retry = call({ idempotencyKey: 'again', markReplayed: () => (replayed += 1) });
      const second = await quick.quickAdd(input, retry);
      expect(replayed).toBe(1);
      expect(second.items.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined]);
      expect(second.items[0]).toEqual(first.items[0]);
      expect(others.created.map(({ title }) => title)).toEqual(['One', 'Two', 'Three', 'Four']);
      expect(await quick.quickAdd(input, call({ idempotencyKey: 'again' }))).toEqual(second);
      expect(others.created).toHaveLength(4);
    });

    test('the key of another text is refused', async () => {
      await quick.quickAdd({ text: 'One' }, call({ idempotencyKey: 'once' }));
      const other = quick.quickAdd({ text: 'One\nTwo' }, call({ idempotencyKey: 'once' }));
      await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' });
      expect(others.created).toHaveLength(1);
    });
  });

  test('its keys are erased with the workspace', async () => {
    await quick.quickAdd({ text: 'One' }, call({ idempotencyKey: 'erased' }));
    await accounts.erase({ event: 'account_deleted', workspace_ids: [workspaceId] });
    const rows = await database.query('SELECT 1 FROM capture.idempotency WHERE workspace_id = $1', [workspaceId]);
    expect(rows).toEqual([]);
  });
});
