// PostgreSQL and NATS come back from backups of different ages: copies of their directories, taken while they were stopped.
// Only in the long run: it starts an installation of its own several times.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ApiClient } from '../support/api-client.ts';
import { startChild, type Child } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import { makeKey } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const LIMIT_MS = 600_000;
const START_MS = 120_000;
const ROOT = resolve(import.meta.dirname, '../..');
const SERVER = join(ROOT, 'apps/server/dist/main.js');
const CLI = join(ROOT, 'apps/cli/dist/main.js');
const run = promisify(execFile);
const whenLong = process.env['CHAOS'] === 'long' ? describe : describe.skip;

interface Page {
  items: { to: string | null }[];
}

whenLong('a restored installation', () => {
  const key = makeKey();
  let directory: string;
  let server: Child | undefined;
  let api: ApiClient;
  let list: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mono-restore-'));
  });
  afterAll(async () => {
    await stop();
    await rm(directory, { recursive: true, force: true });
  }, LIMIT_MS);

  const at = (name: string): string => join(directory, name);
  const environment = () => ({
    PATH: process.env['PATH'],
    NATS_SERVER_BIN: process.env['NATS_SERVER_BIN'],
    APP_ENV: 'test',
    DATA_DIR: at('data'),
    BOOTSTRAP_API_KEY: key,
  });

  async function start(): Promise<void> {
    const port = await freePort();
    const env = { ...environment(), PORT: String(port) } as Record<string, string>;
    const child = startChild(process.execPath, [SERVER], { cwd: directory, env });
    server = child;
    const url = `http://127.0.0.1:${port}`;
    api = new ApiClient(url, key);
    await until(
      'it is ready',
      async () => {
        if (child.ended() !== undefined) throw new Error(child.output());
        return (await fetch(`${url}/readyz`)).ok;
      },
      { limitMs: START_MS },
    );
  }

  async function stop(): Promise<void> {
    await server?.stop();
    server = undefined;
  }

  async function copy(from: string, to: string): Promise<void> {
    await rm(at(to), { recursive: true, force: true });
    await run('cp', ['-a', at(from), at(to)]);
  }

  async function mono(...args: string[]): Promise<string> {
    try {
      return (await run(process.execPath, [CLI, ...args], { cwd: directory, env: environment() })).stdout;
    } catch (error) {
      return (error as { stdout: string; stderr: string }).stdout + (error as { stderr: string }).stderr;
    }
  }

  async function addTask(title: string): Promise<string> {
    const { body } = await api.post<{ id: string }>('/v1/tasks', { list_id: list, title });
    return body.id;
  }

  async function history(task: string): Promise<Page['items']> {
    return (await api.get<Page>(`/v1/tasks/${task}/history`)).body.items;
  }

  function written(task: string, changes: number): Promise<unknown> {
    return until('its history is there', async () => (await history(task)).length >= changes, { limitMs: START_MS });
  }

  const addKey = (name: string): Promise<unknown> => api.post('/v1/api-keys', { name, scopes: ['tasks:read'] });

  test(
    'goes on, whichever of PostgreSQL and NATS is the older one',
    async () => {
      await start();
      list = (await api.post<{ id: string }>('/v1/lists', { title: 'Restored' })).body.id;
      const first = await addTask('first');
      await addKey('first');
      await written(first, 1);
      await until('it is in the trail', async () =>
        (await mono('audit', 'verify')).includes('whole') ? true : undefined,
      );
      await stop();
      await copy('data', 'old');

      await start();
      const second = await addTask('second');
      await api.patch(`/v1/tasks/${first}`, { status: 'in_progress' });
      await addKey('second');
      await written(second, 1);
      await written(first, 2);
      await until('it is noted', async () => /whole/.test(await mono('audit', 'verify')));
      await stop();
      await copy('data', 'new');

      // PostgreSQL from before, NATS as it was.
      await rm(at('data/postgres'), { recursive: true });
      await copy('old/postgres', 'data/postgres');
      await start();
      expect((await api.get(`/v1/tasks/${second}`)).status).toBe(404);
      expect(await mono('audit', 'verify')).toMatch(/NOT whole: removed/);
      const third = await addTask('third');
      await api.patch(`/v1/tasks/${first}`, { status: 'blocked' });
      await written(third, 1);
      await until('the change after the restore is in the history', async () =>
        (await history(first)).some(({ to }) => to === 'blocked'),
      );
      expect(await mono('audit', 'accept', '--reason', 'The disk failed.')).toMatch(
        /^Accepted at \d+: rows \d+ to \d+/m,
      );
      expect(await mono('audit', 'verify')).toMatch(/Restore accepted[\s\S]*is whole/);
      await addKey('third');
      await stop();

      // PostgreSQL as it was, NATS from before.
      await rm(at('data'), { recursive: true });
      await copy('new', 'data');
      await rm(at('data/nats'), { recursive: true });
      await copy('old/nats', 'data/nats');
      await start();
      const fourth = await addTask('fourth');
      await api.patch(`/v1/tasks/${second}`, { status: 'in_progress' });
      await written(fourth, 1);
      await written(second, 2);
      expect(await history(first)).toHaveLength(2);
      expect(await mono('audit', 'verify')).toMatch(/is whole/);
      expect(await mono('dlq', 'list')).toMatch(/0 of 0/);
    },
    LIMIT_MS,
  );
});
