// npx mono tail, on running nodes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { startChild, type Child } from '../support/child.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

const CLI = resolve(import.meta.dirname, '../../apps/cli/dist/main.js');

let installation: SharedInstallation;
const children: Child[] = [];

beforeAll(async () => {
  installation = await sharedInstallation();
});
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill('SIGKILL');
});

function env(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', MONO: installation.server.url, KEY: installation.key };
}

async function tail(...args: string[]): Promise<Child> {
  const child = startChild(process.execPath, [CLI, 'tail', ...args], { env: env() });
  children.push(child);
  await until('it follows', () => child.output().includes('Following'));
  return child;
}

interface PrintedChange {
  thing_id: string;
  token: string;
}

/** Changes of other lists, made before, may be printed as well. */
function changeOf(id: string, output: string): PrintedChange | undefined {
  const lines = output.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
  return lines.map((line) => JSON.parse(line) as PrintedChange).find(({ thing_id: thing }) => thing === id);
}

async function created(path: string, body: object): Promise<string> {
  return (await installation.server.api.post<{ id: string }>(path, body)).body.id;
}

test('prints the changes of a list with titles and without colours, and ends quietly with Ctrl-C', async () => {
  const list = await created('/v1/lists', { title: 'Groceries' });
  const child = await tail('--type', 'task', '--list', list);
  await created('/v1/tasks', { title: 'Elsewhere' });
  const task = await created('/v1/tasks', { title: 'Buy milk', list_id: list });
  await until('it has the task', () => child.output().includes('created'));
  await installation.server.api.patch(`/v1/tasks/${task}`, { due_on: '2026-12-24' });
  await until('it has the change', () => child.output().includes('updated'));
  await child.kill('SIGINT');
  expect(child.ended()).toBe(0);
  const [, ...lines] = child.output().trim().split('\n');
  expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, '').replace(/ {2}by api key [\w-]{36}$/, ''))).toEqual(
    ['created   task      "Buy milk" in "Groceries"', 'updated   task      "Buy milk" in "Groceries": due_on'],
  );
});

test('continues after a token, and ends quietly when its reader has gone', async () => {
  const first = await tail('--json', '--type', 'list');
  const one = await created('/v1/lists', { title: 'One' });
  const { token } = await until('it has the list', () => changeOf(one, first.output()));
  const two = await created('/v1/lists', { title: 'Two' });
  const second = spawn(process.execPath, [CLI, 'tail', '--json', '--type', 'list', '--since', token], { env: env() });
  let output = '';
  second.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  let errors = '';
  second.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(second, 'exit');
  try {
    expect(await until('it continues', () => changeOf(two, output))).toMatchObject({ change: 'created' });
    expect(changeOf(one, output)).toBeUndefined();
    second.stdout.destroy();
    await created('/v1/lists', { title: 'Three' });
    expect(await ended).toEqual([0, null]);
    expect(errors.trim().split('\n')).toEqual([expect.stringContaining('Following')]);
  } finally {
    second.kill('SIGKILL');
  }
});

test('ends with the message of a refusal', async () => {
  const child = startChild(process.execPath, [CLI, 'tail'], { env: { ...env(), KEY: 'mono_test_unknown' } });
  children.push(child);
  await until('it ends', () => child.ended() !== undefined);
  expect([child.ended(), child.output()]).toEqual([1, expect.stringContaining('A valid API key is required')]);
});
