// A reader follows the change feed while two nodes write tasks, and the node that holds the writer's lock is killed with -9. In the
// end, what the reader has received equals the database. `npm run chaos` is the long run; here it is a short one.
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Change, ChangePage } from '@mono/changes/contract';
import type { ApiClient } from '../support/api-client.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const LONG = process.env['CHAOS'] === 'long';
const KILLS = LONG ? 30 : 3;
const WRITERS = 6;
const PAUSE_MS = 500;
const REST = { limitMs: 240_000, pauseMs: 200 };
const LIMIT_MS = LONG ? 1_500_000 : 600_000;

let installation: Installation;
let database: Client;
/** Ends the loops, also of a test that has failed. */
let onTestEnd: () => void = () => undefined;
let fronts: ServerProcess[];
/** Each connects as another user. */
let nodes: ServerProcess[];

beforeAll(async () => {
  installation = await createInstallation();
  database = new Client({ connectionString: installation.database.url });
  await database.connect();
  fronts = [];
  for (let count = 0; count < 2; count += 1)
    fronts.push(await installation.startServer({ env: { MODULES: 'auth,tasks' } }));
  nodes = [];
  for (const place of [0, 1]) nodes.push(await startNode(place));
}, LIMIT_MS);
afterAll(async () => {
  onTestEnd();
  await database?.end();
  await installation?.end();
}, LIMIT_MS);

function startNode(place: number): Promise<ServerProcess> {
  const own = place === 0 ? {} : { DATABASE_URL_CHANGES: installation.database.url };
  return installation.startServer({ env: { MODULES: 'changes', ...own } });
}

function front(): ApiClient {
  return (fronts[Math.floor(Math.random() * fronts.length)] as ServerProcess).api;
}

/** The place of the node that holds the writer's lock. */
async function writingPlace(): Promise<number> {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const { rows } = await database.query<{ is_owner: boolean }>(
      `SELECT a.usename = current_user AS is_owner FROM pg_locks l JOIN pg_stat_activity a USING (pid)
       WHERE l.relation = 'changes.feed'::regclass AND l.mode IN ('RowExclusiveLock', 'RowShareLock') AND l.granted`,
    );
    const [holder] = rows;
    if (holder) return holder.is_owner ? 1 : 0;
  }
  throw new Error('No node writes to the feed.');
}

/** Creates, changes and deletes tasks. An unanswered request may have had its effect. */
async function write(over: AbortSignal): Promise<number> {
  let count = 0;
  const own: string[] = [];
  while (!over.aborted) {
    const api = front();
    const { status, body } = await api
      .post<{ id: string }>('/v1/tasks', { title: `Task ${count}` })
      .catch(() => ({ status: 0, body: { id: '' } }));
    if (status === 201) own.push(body.id);
    const [id] = own;
    if (id) await api.patch(`/v1/tasks/${id}`, { title: `Changed ${count}` }).catch(() => undefined);
    if (own.length > 10) await api.delete(`/v1/tasks/${own.shift()}`).catch(() => undefined);
    count += 1;
  }
  return count;
}

class Reader {
  readonly versions = new Map<string, number>();
  private readonly gone = new Map<string, number>();
  private readonly received = new Set<string>();
  repeats = 0;

  constructor(private token: string) {}

  async follow(settled: AbortSignal): Promise<void> {
    while (!settled.aborted) await this.read();
  }

  private async read(): Promise<void> {
    const answer = await front()
      .get<ChangePage>(`/v1/changes?since=${this.token}&types=task&limit=1000&wait=PT1S`)
      .catch(() => undefined);
    if (answer?.status !== 200) {
      await delay(50);
      return;
    }
    for (const item of answer.body.items) this.apply(item);
    this.token = answer.body.next_token;
  }

  private apply({ id, thing_id: task, change, version }: Change): void {
    if (this.received.has(id)) this.repeats += 1;
    this.received.add(id);
    if (version <= Math.max(this.versions.get(task) ?? 0, this.gone.get(task) ?? 0)) return;
    if (change === 'deleted') {
      this.versions.delete(task);
      this.gone.set(task, version);
    } else this.versions.set(task, version);
  }
}

test(
  'the state of a reader equals the database, whichever writer dies',
  async () => {
    const { body } = await front().get<ChangePage>('/v1/changes?types=task');
    const reader = new Reader(body.next_token);
    const [over, settled] = [new AbortController(), new AbortController()];
    const writing = Promise.all(Array.from({ length: WRITERS }, () => write(over.signal)));
    const reading = reader.follow(settled.signal);
    onTestEnd = () => {
      over.abort();
      settled.abort();
    };
    for (let kill = 0; kill < KILLS; kill += 1) {
      await delay(PAUSE_MS);
      const place = await writingPlace();
      await nodes[place]?.kill('SIGKILL');
      nodes[place] = await startNode(place);
    }
    over.abort();
    const written = (await writing).reduce((sum, count) => sum + count, 0);
    const count = async (sql: string): Promise<number> =>
      Number((await database.query<{ count: string }>(sql)).rows[0]?.count);
    await until(
      'every event is in the feed',
      async () =>
        (await count(`SELECT count(*) FROM tasks.outbox o WHERE payload->>'aggregate' = 'task'
          AND NOT EXISTS (SELECT FROM changes.change c WHERE c.event_id = o.event_id)`)) === 0,
      REST,
    );
    const { rows } = await database.query<{ id: string; version: number }>(
      'SELECT id, version FROM tasks.task ORDER BY id',
    );
    const inOrder = (): [string, number][] => [...reader.versions].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const expected = rows.map(({ id, version }): [string, number] => [id, version]);
    await until('the reader has received it', () => JSON.stringify(inOrder()) === JSON.stringify(expected), REST).catch(
      () => undefined,
    );
    settled.abort();
    await reading;
    expect(inOrder()).toEqual(expected);
    expect(reader.repeats).toBe(0);
    // No gap, and no event twice.
    expect(
      await count(`SELECT count(*) FROM changes.feed f WHERE f.position <>
        (SELECT count(*) FROM changes.change c WHERE c.workspace_id = f.workspace_id)`),
    ).toBe(0);
    process.stdout.write(
      `chaos of changes: ${written} rounds of writes, ${rows.length} tasks, ${await count('SELECT count(*) FROM changes.change')} changes, ${KILLS} kills\n`,
    );
  },
  LIMIT_MS,
);
