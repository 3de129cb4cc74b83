// The guarantees of jobs on every backend.
import { resolve } from 'node:path';
import { startChild, type Child } from '../../../../test/support/child.ts';
import { until } from '../../../../test/support/until.ts';
import { JOB_SERVERS, openJobsWorld, type JobsWorld } from '../../../../test/support/jobs/jobs-world.ts';
import { ConflictError, InvalidInputError, UnavailableError } from '@mono/contract';
import { Metrics } from '../metrics/metrics.js';
import type { Job, JobQueue, JobQueueOptions } from './job-queue.js';
import type { Jobs } from './jobs.js';

const BY = { actor: { kind: 'cli', id: 'test' }, source: 'cli' };
type Letter = Awaited<ReturnType<JobsWorld['letters']['get']>>;
const SHORT_LOCK_MS = 1_000;

/** Blocks jobs until the test releases them. */
class Gate {
  readonly seen: Job<unknown>[] = [];
  private readonly held: (() => void)[] = [];
  private open = false;

  readonly hold = async (job: Job<unknown>): Promise<void> => {
    this.seen.push(job);
    if (this.open) return;
    await new Promise<void>((resolve) => {
      this.held.push(resolve);
    });
  };

  /** Releases the oldest blocked job. */
  release(): void {
    this.held.shift()?.();
  }

  /** Releases all blocked jobs, and later ones at once. */
  releaseAll(): void {
    this.open = true;
    for (const go of this.held.splice(0)) go();
  }
}

async function nothing(): Promise<void> {}

async function cold(): Promise<void> {
  throw new UnavailableError('The oven is cold.');
}

interface Node {
  jobs: Jobs;
  queue: JobQueue<unknown>;
}

async function isEmpty({ queue }: Node): Promise<boolean> {
  const { waiting, delayed, active, failed } = await queue.counts();
  return waiting + delayed + active + failed === 0;
}

describe.each(JOB_SERVERS)('jobs on %s', (server) => {
  let world: JobsWorld;
  let gate: Gate;
  const children: Child[] = [];

  beforeEach(async () => {
    world = await openJobsWorld(server);
    gate = new Gate();
  });
  afterEach(async () => {
    gate.releaseAll();
    await Promise.all(children.splice(0).map((child) => child.kill('SIGKILL')));
    await world.close();
  });

  function makeNode(
    handle: (job: Job<unknown>) => Promise<void>,
    options: Partial<JobQueueOptions<unknown>> = {},
    nodeOptions: { stopMs?: number; metrics?: Metrics } = {},
  ): Node {
    const jobs = world.node(nodeOptions);
    const queue = jobs.queue<unknown>({
      name: 'baking',
      module: 'bakery',
      concurrency: 4,
      attempts: 3,
      backoffMs: 20,
      handle,
      ...options,
    });
    return { jobs, queue };
  }

  async function startNode(...parameters: Parameters<typeof makeNode>): Promise<Node> {
    const node = makeNode(...parameters);
    await node.jobs.start();
    return node;
  }

  /** A process that takes one job and blocks. */
  async function startWorker(maxLosses: number): Promise<Child> {
    const child = startChild(process.execPath, [
      '--conditions=source',
      '--import',
      resolve(process.cwd(), 'setup/source-loader.mjs'),
      resolve(process.cwd(), 'test/support/jobs/jobs-worker.ts'),
      world.databaseUrl,
      world.redisUrl ?? '',
      String(SHORT_LOCK_MS),
      String(maxLosses),
    ]);
    children.push(child);
    await until('the process is ready', () => {
      if (child.ended() !== undefined) throw new Error(child.output());
      return child.output().includes('ready');
    });
    return child;
  }

  async function letters(): Promise<Letter[]> {
    return (await world.letters.find({ limit: 100 })).items;
  }

  function letterOf(status: string): Promise<Letter> {
    return until(`there is one ${status} letter`, async () => (await letters()).find((one) => one.status === status));
  }

  test('runs a job once, with its name, payload and request', async () => {
    const node = makeNode(gate.hold);
    await node.queue.add('bake', { loaf: 'rye' }, { deduplicateBy: 'rye', requestId: 'r-1' });
    await node.jobs.start();
    await until('the job runs', () => gate.seen.length === 1);
    expect(gate.seen[0]).toMatchObject({ name: 'bake', payload: { loaf: 'rye' }, requestId: 'r-1', attempt: 1 });
    expect(await node.queue.counts()).toEqual({ waiting: 0, delayed: 0, active: 1, failed: 0 });
    gate.release();
    await until('nothing is left', () => isEmpty(node));
    expect(gate.seen).toHaveLength(1);
  });

  test('adds nothing while a job with the key waits; after a running one, runs exactly one more with the last payload', async () => {
    const node = makeNode(gate.hold);
    for (const n of [1, 2, 3]) await node.queue.add('bake', { n }, { deduplicateBy: 'rye' });
    expect(await node.queue.counts()).toMatchObject({ waiting: 1 });
    await node.jobs.start();
    await until('the first runs', () => gate.seen.length === 1);
    for (const n of [4, 5, 6]) await node.queue.add('bake', { n }, { deduplicateBy: 'rye' });
    await node.queue.add('bake', { n: 7 }, { deduplicateBy: 'wheat' });
    await until('another key runs beside it', () => gate.seen.length === 2);
    gate.release();
    await until('the second runs', () => gate.seen.length === 3);
    // The second job has the same key.
    await node.queue.add('bake', { n: 8 }, { deduplicateBy: 'rye' });
    gate.release();
    gate.release();
    await until('the third runs', () => gate.seen.length === 4);
    gate.release();
    await until('all is done', () => isEmpty(node));
    expect(gate.seen.map(({ payload }) => payload)).toEqual([{ n: 1 }, { n: 7 }, { n: 6 }, { n: 8 }]);
  });

  test('runs a job that was added while another one failed permanently, with all its attempts', async () => {
    const node = await startNode(async (job) => {
      await gate.hold(job);
      const { payload, attempt } = job;
      if (payload === 'first') throw new ConflictError('burnt', 'The first is burnt.');
      if (attempt < 3) await cold();
    });
    await node.queue.add('bake', 'first', { deduplicateBy: 'rye' });
    await until('the first runs', () => gate.seen.length === 1);
    await node.queue.add('bake', 'second', { deduplicateBy: 'rye' });
    gate.releaseAll();
    await until('all is done', async () => gate.seen.length === 4 && (await isEmpty(node)));
    expect(gate.seen.map(({ payload, attempt }) => [payload, attempt])).toEqual([
      ['first', 1],
      ['second', 1],
      ['second', 2],
      ['second', 3],
    ]);
  });

  test('retries a transient failure, and adds no second job meanwhile', async () => {
    const attempts: number[] = [];
    const node = await startNode(
      async ({ attempt }) => {
        attempts.push(attempt);
        if (attempt < 3) await cold();
      },
      { backoffMs: 400 },
    );
    await node.queue.add('bake', {}, { deduplicateBy: 'rye' });
    await until('it waits for its next attempt', async () => (await node.queue.counts()).delayed === 1);
    await node.queue.add('bake', {}, { deduplicateBy: 'rye' });
    await until('all is done', async () => attempts.length === 3 && (await isEmpty(node)));
    expect(attempts).toEqual([1, 2, 3]);
    expect(await letters()).toEqual([]);
  });

  test('moves a job to the dead letters after its attempts, with stack, payload, queue, name and key', async () => {
    const node = await startNode(cold);
    await node.queue.add('bake', { loaf: 'rye' }, { deduplicateBy: 'key of rye', requestId: 'r-1' });
    const letter = await letterOf('open');
    expect(letter).toMatchObject({
      source: 'job',
      module: 'bakery',
      consumer: 'baking',
      subject: 'bake',
      stream: null,
      payload: '{"loaf":"rye"}',
      headers: { 'Deduplicated-By': 'key of rye', 'Request-Id': 'r-1' },
      error: {
        code: 'unavailable',
        message: 'The oven is cold.',
        stack: expect.stringMatching(/UnavailableError: The oven is cold\.\n +at .*conformance/),
      },
      attempts: 3,
    });
    await until('the job has left its queue', () => isEmpty(node));
  });

  test.each([
    ['a conflict', () => new ConflictError('burnt', 'Burnt.'), 'burnt'],
    ['a fault of the program', () => new TypeError('x is undefined'), 'TypeError'],
    ['a value that is not an Error', () => 'nothing sensible', 'panic'],
    ['nothing at all', () => undefined, 'panic'],
    ['an error that the feature declares permanent', () => new Error('closed for ever'), 'Error'],
  ])('moves a job that throws %s to the dead letters at once', async (_what, thrown, code) => {
    let runs = 0;
    const node = await startNode(
      async () => {
        runs += 1;
        throw thrown();
      },
      { isPermanent: (error) => error instanceof Error && error.message === 'closed for ever' },
    );
    await node.queue.add('bake', {}, { deduplicateBy: 'rye' });
    expect(await letterOf('open')).toMatchObject({ attempts: 1, error: { code } });
    await until('the job has left its queue', () => isEmpty(node));
    expect(runs).toBe(1);
  });

  test('keeps a failed job in its queue while dead letters are unavailable', async () => {
    const node = makeNode(async () => {
      throw new ConflictError('burnt', 'Burnt.');
    });
    await node.queue.add('bake', {}, { deduplicateBy: 'rye' });
    await world.database.query('ALTER TABLE platform.dead_letter RENAME TO dead_letter_away');
    await node.jobs.start();
    await until('it has failed', async () => (await node.queue.counts()).failed === 1);
    await world.database.query('ALTER TABLE platform.dead_letter_away RENAME TO dead_letter');
    expect(await letterOf('open')).toMatchObject({ error: { code: 'burnt' } });
    await until('the job has left its queue', () => isEmpty(node));
    expect(await letters()).toHaveLength(1);
  });

  test('retries a dead letter beside other jobs with its key, and again after another failure', async () => {
    let mended = false;
    const node = await startNode(async (job) => {
      if (job.payload === 'other') return gate.hold(job);
      if (!mended) throw new ConflictError('burnt', 'Burnt.');
      gate.seen.push(job);
    });
    await node.queue.add('bake', 'rye', { deduplicateBy: 'k', requestId: 'r-1' });
    const { id } = await letterOf('open');
    await node.queue.add('bake', 'other', { deduplicateBy: 'k' });
    await until('the other runs', () => gate.seen.length === 1);
    await node.queue.add('bake', 'other', { deduplicateBy: 'k' });
    await world.letters.resolve(id, 'retried', BY);
    await until('it has failed again', async () => (await world.letters.get(id)).attempts === 2);
    expect(await world.letters.get(id)).toMatchObject({ status: 'open', retries: 1 });
    mended = true;
    await world.letters.resolve(id, 'retried', BY);
    await until('it runs', () => gate.seen.length === 2);
    expect(gate.seen[1]).toMatchObject({ name: 'bake', payload: 'rye', requestId: 'r-1' });
    gate.releaseAll();
    await until('all is done', async () => gate.seen.length === 3 && (await isEmpty(node)));
    expect(await letters()).toMatchObject([{ id, status: 'retried', retries: 2, attempts: 2 }]);
  });

  test('leaves dead letters of a queue to nodes that have it', async () => {
    let mended = false;
    const node = await startNode(async (job) => {
      if (!mended) throw new ConflictError('burnt', 'Burnt.');
      gate.seen.push(job);
    });
    await node.queue.add('bake', 'rye', { deduplicateBy: 'k' });
    const { id } = await letterOf('open');
    await node.jobs.stop();
    mended = true;
    const other = world.node();
    other.queue({ name: 'brewing', module: 'brewery', concurrency: 1, attempts: 1, backoffMs: 1, handle: nothing });
    await other.start();
    await world.letters.resolve(id, 'retried', BY);
    await startNode(async (job) => {
      gate.seen.push(job);
    });
    await until('it runs', () => gate.seen.length === 1);
    expect(await letters()).toMatchObject([{ id, status: 'retried' }]);
  });

  test('does not run a discarded job', async () => {
    const node = await startNode(async (job) => {
      gate.seen.push(job);
      if (job.payload === 'rye') throw new ConflictError('burnt', 'Burnt.');
    });
    await node.queue.add('bake', 'rye', { deduplicateBy: 'k' });
    const { id } = await letterOf('open');
    await world.letters.resolve(id, 'discarded', BY);
    await node.queue.add('bake', 'wheat', { deduplicateBy: 'k' });
    await until('the next one is done', async () => gate.seen.length === 2 && (await isEmpty(node)));
    expect(await letters()).toMatchObject([{ id, status: 'discarded' }]);
  });

  test('runs a schedule once among several nodes', async () => {
    const count = async (job: Job<unknown>): Promise<void> => void gate.seen.push(job);
    const nodes = [makeNode(count), makeNode(count)];
    await Promise.all(nodes.map(({ queue }) => queue.every('look', 3_600_000, { who: 'all' })));
    await Promise.all(nodes.map(({ jobs }) => jobs.start()));
    await until('it runs', () => gate.seen.length > 0);
    const third = makeNode(count);
    await third.queue.every('look', 3_600_000, { who: 'all' });
    await third.jobs.start();
    await third.queue.add('mark', {}, { deduplicateBy: 'mark' });
    await until('what was added later is done', async () => {
      const { waiting, active } = await third.queue.counts();
      return gate.seen.some(({ name }) => name === 'mark') && waiting + active === 0;
    });
    const looks = gate.seen.filter(({ name }) => name === 'look');
    expect(looks.length).toBeGreaterThan(0);
    expect(looks.length).toBeLessThanOrEqual(nodes.length);
    expect(gate.seen.find(({ name }) => name === 'look')?.payload).toEqual({ who: 'all' });
    // The next tick.
    expect(await third.queue.counts()).toMatchObject({ delayed: 1 });
  });

  test('continues a schedule without overlap, and restores it after the server lost it', async () => {
    let running = 0;
    let most = 0;
    const node = await startNode(async (job) => {
      running += 1;
      most = Math.max(most, running);
      gate.seen.push(job);
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
      running -= 1;
    });
    await node.queue.every('look', 50, {});
    await until('it has run some times', () => gate.seen.length >= 4);
    const backend = world.makeBackend();
    await backend.open(1);
    const bull = backend.makeQueue('baking');
    await bull.removeJobScheduler('look');
    await bull.close();
    await backend.close();
    const before = gate.seen.length;
    await until('it goes on', () => gate.seen.length > before + 2);
    expect(most).toBe(1);
  });

  test('another process finishes the job of a killed one, before jobs that were added meanwhile', async () => {
    const { queue } = makeNode(nothing);
    const child = await startWorker(10);
    await queue.add('bake', 'first', { deduplicateBy: 'rye' });
    await until('the process has begun it', () => child.output().includes('began'));
    await queue.add('bake', 'second', { deduplicateBy: 'rye' });
    await child.kill('SIGKILL');
    const node = await startNode(gate.hold, { lockMs: SHORT_LOCK_MS });
    gate.releaseAll();
    await until('both are done', async () => gate.seen.length === 2 && (await isEmpty(node)));
    expect(gate.seen.map(({ payload, attempt }) => [payload, attempt])).toEqual([
      ['first', 1],
      ['second', 1],
    ]);
  });

  test('moves a job that lost its process too often to the dead letters', async () => {
    const { queue } = makeNode(nothing);
    const child = await startWorker(0);
    await queue.add('bake', 'poison', { deduplicateBy: 'rye' });
    await until('the process has begun it', () => child.output().includes('began'));
    await child.kill('SIGKILL');
    const node = await startNode(gate.hold, { lockMs: SHORT_LOCK_MS, maxLosses: 0 });
    expect(await letterOf('open')).toMatchObject({ payload: '"poison"', error: { code: 'process_lost' } });
    await until('the job has left its queue', () => isEmpty(node));
    expect(gate.seen).toEqual([]);
  });

  test('a stopping node finishes its job and takes no other', async () => {
    const node = await startNode(gate.hold);
    await node.queue.add('bake', 1, { deduplicateBy: 'one' });
    await until('it runs', () => gate.seen.length === 1);
    const other = makeNode(nothing);
    node.jobs.stopTaking();
    await other.queue.add('bake', 2, { deduplicateBy: 'two' });
    gate.releaseAll();
    await node.jobs.stop();
    expect(await other.queue.counts()).toEqual({ waiting: 1, delayed: 0, active: 0, failed: 0 });
    expect(gate.seen).toHaveLength(1);
  });

  test('aborts a job that does not end in time, and another node restarts it without losing an attempt', async () => {
    const node = await startNode(
      async ({ signal }) => {
        gate.seen.push({ signal } as Job<unknown>);
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('I was told to end.')));
        });
      },
      {},
      { stopMs: 1_500 },
    );
    await node.queue.add('bake', 1, { deduplicateBy: 'one' });
    await until('it runs', () => gate.seen.length === 1);
    await node.jobs.stop();
    const next = await startNode(gate.hold);
    await until('it runs again', () => gate.seen.length === 2);
    gate.releaseAll();
    await until('it is done', () => isEmpty(next));
    expect(gate.seen[1]).toMatchObject({ payload: 1, attempt: 1 });
    expect(await letters()).toEqual([]);
  });

  test('another node takes over a job that ignores its signal', async () => {
    const node = await startNode(gate.hold, { lockMs: SHORT_LOCK_MS }, { stopMs: 100 });
    await node.queue.add('bake', 1, { deduplicateBy: 'one' });
    await until('it runs', () => gate.seen.length === 1);
    await node.jobs.stop();
    const seen: unknown[] = [];
    const next = await startNode(
      async ({ payload }) => {
        seen.push(payload);
      },
      { lockMs: SHORT_LOCK_MS },
    );
    await until('it is done', async () => seen.length === 1 && (await isEmpty(next)));
    expect(seen).toEqual([1]);
  });

  test('runs stored jobs after an outage of the server', async () => {
    const backend = world.makeBackend();
    const jobs = world.node({ backend });
    const queue = jobs.queue<unknown>({
      name: 'baking',
      module: 'bakery',
      concurrency: 2,
      attempts: 3,
      backoffMs: 20,
      lockMs: SHORT_LOCK_MS,
      handle: gate.hold,
    });
    await jobs.start();
    await queue.add('bake', 'running', { deduplicateBy: 'a' });
    await queue.add('bake', 'later', { deduplicateBy: 'b', delayMs: 500 });
    await until('one runs', () => gate.seen.length === 1);
    await world.loseServer();
    try {
      await expect(queue.add('bake', 'refused', { deduplicateBy: 'c' })).rejects.toThrow(UnavailableError);
      expect(await jobs.isUp().catch(() => false)).toBe(false);
    } finally {
      await world.comeBack();
    }
    gate.releaseAll();
    await until('all is done', async () => {
      const { waiting, delayed, active } = await queue.counts();
      return waiting + delayed + active === 0;
    });
    await queue.add('bake', 'afterwards', { deduplicateBy: 'd' });
    await until('the node goes on', () => gate.seen.some(({ payload }) => payload === 'afterwards'));
    expect(new Set(gate.seen.map(({ payload }) => payload))).toEqual(new Set(['running', 'later', 'afterwards']));
    expect(await jobs.isUp()).toBe(true);
    expect(await letters()).toEqual([]);
  });

  test('runs a thousand concurrent jobs once each, without their duplicates', async () => {
    const node = makeNode(async (job) => void gate.seen.push(job), { concurrency: 20 });
    const jobs = Array.from({ length: 1_000 }, (_, n) => ({ name: 'bake', payload: n, deduplicateBy: `loaf ${n}` }));
    await node.queue.addMany([...jobs, ...jobs.slice(0, 50)]);
    expect(await node.queue.counts()).toMatchObject({ waiting: 1_000 });
    await node.jobs.start();
    await until('all are done', () => isEmpty(node));
    expect(gate.seen.map(({ payload }) => payload as number).toSorted((one, other) => one - other)).toEqual(
      jobs.map(({ payload }) => payload),
    );
  });

  test.each([
    ['a payload that is too large', { name: 'bake', payload: 'x'.repeat(300_000), deduplicateBy: 'b' }, 'payload'],
    ['a payload that is not JSON', { name: 'bake', payload: undefined, deduplicateBy: 'b' }, 'payload'],
    ['a payload with NUL', { name: 'bake', payload: { deep: ['\0'] }, deduplicateBy: 'b' }, 'payload'],
    ['an empty key', { name: 'bake', payload: 1, deduplicateBy: '' }, 'deduplicate_by'],
    ['a name that is too long', { name: 'b'.repeat(256), payload: 1, deduplicateBy: 'b' }, 'name'],
  ])('rejects %s by name, and adds nothing of its batch', async (_what, wrong, field) => {
    const { queue } = makeNode(nothing);
    const refused = queue.addMany([{ name: 'bake', payload: 1, deduplicateBy: 'a' }, wrong]);
    await expect(refused).rejects.toThrow(InvalidInputError);
    await expect(refused).rejects.toMatchObject({ details: [{ field }] });
    expect(await queue.counts()).toMatchObject({ waiting: 0 });
  });

  test('preserves texts of all kinds', async () => {
    const payload = { 'ключ "quoted" \\ \n': ['😀', "'; DROP TABLE job; --", { deep: [null, 0.1, true, -0] }] };
    const node = await startNode(gate.hold);
    await node.queue.add('bäcken: & <x>', payload, { deduplicateBy: 'schlüssel: a/b 😀' });
    await until('it runs', () => gate.seen.length === 1);
    expect(gate.seen[0]).toMatchObject({
      name: 'bäcken: & <x>',
      payload: JSON.parse(JSON.stringify(payload)) as object,
    });
  });

  test('metrics count waiting, running and finished jobs', async () => {
    const metrics = new Metrics();
    const node = await startNode(gate.hold, { concurrency: 1 }, { metrics });
    await node.queue.addMany(['a', 'b', 'c'].map((key) => ({ name: 'bake', payload: 1, deduplicateBy: key })));
    await node.queue.add('bake', 1, { deduplicateBy: 'd', delayMs: 3_600_000 });
    await until('one runs', () => gate.seen.length === 1);
    const shown = await metrics.registry.metrics();
    expect(shown).toContain('jobs_waiting{queue="baking"} 2');
    expect(shown).toContain('jobs_active{queue="baking"} 1');
    expect(shown).toContain('jobs_delayed{queue="baking"} 1');
    expect(shown).toContain('jobs_failed{queue="baking"} 0');
    gate.releaseAll();
    await until('three have run', async () =>
      (await metrics.registry.metrics()).includes('job_duration_seconds_count{queue="baking",failed="false"} 3'),
    );
  });
});
