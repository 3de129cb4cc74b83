// The README's session, as pasted into a shell.
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ApiClient } from '../support/api-client.ts';
import { startChild } from '../support/child.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { freePort } from '../support/free-port.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { createWorkspace } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);

const README = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');

function session(name: string): string {
  const [, section = ''] = new RegExp(`<!-- ${name}:begin -->([^]*)<!-- ${name}:end -->`).exec(README) ?? [];
  const [, script = ''] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
  return script;
}

const SHELLS: ChildProcess[] = [];

/** With a process group of its own, which ends with the test. */
function paste(script: string, env: Record<string, string>): Promise<string> {
  const shell = spawn('bash', ['-s'], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  SHELLS.push(shell);
  let output = '';
  shell.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  shell.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  shell.stdin.end(script);
  return new Promise((done) => {
    shell.once('close', () => done(output));
  });
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** The code of each JSON answer in the sessions of the README, in their order. */
const CODES = {
  session: 'ok ok ok ok ok ok ok ok ok ok version_conflict ok ok ok duplicate_task unknown_field validation_error',
  relations: 'ok ok blocking_cycle ok ok ok',
  actions: 'ok ok ok ok',
  workflow: 'ok invalid_transition ok wip_limit_exceeded ok',
  trash: 'ok ok list_in_trash ok trash_item_not_found',
  recurrence: 'ok ok ok ok validation_error ok ok ok',
  quick: 'ok ok ok',
  keys: 'ok forbidden unauthorized',
  people: 'ok ok ok ok ok ok unauthorized',
  time: 'ok ok ok timer_running ok ok ok ok ok ok period_locked',
  webhooks: 'ok ok ok ok ok validation_error',
  changes: 'ok ok validation_error',
};

function answersIn(output: string): string[] {
  return output.split('\n').filter((line) => line.startsWith('{'));
}

function codeOf(answer: string): string {
  return (JSON.parse(answer) as { error?: { code: string } }).error?.code ?? 'ok';
}

const curl = spawnSync('curl', ['--version']).status === 0;
if (!curl) process.stdout.write('skipped: the README session needs curl, which this machine has not\n');

function program(name: string): string {
  const [, section = ''] = new RegExp(`<!-- ${name}:begin -->([^]*)<!-- ${name}:end -->`).exec(README) ?? [];
  const [, source = ''] = /```js\n([\s\S]*?)```/.exec(section) ?? [];
  return source;
}

describe('the README', () => {
  let installation: Installation;
  let server: ServerProcess;
  let directory: string;

  beforeAll(async () => {
    // The sessions use the names of other tests' people, and NATS users: an installation of their own.
    installation = await createInstallation();
    directory = await mkdtemp(join(tmpdir(), 'mono-readme-'));
    // With a nats-server of its own, which has the accounts.
    const env = { NATS_URL: '', DATA_DIR: directory, WEBHOOKS_ALLOW_PRIVATE: 'true' };
    server = await installation.startServer({ env });
  });
  afterAll(async () => {
    for (const { pid } of SHELLS) endGroup(pid);
    await installation?.end();
    await rm(directory, { recursive: true, force: true });
  });

  (curl ? describe : describe.skip)('in a shell', () => {
    test('its session works as pasted', async () => {
      const npx = `npx() { shift; '${process.execPath}' '${resolve('apps/cli/dist/main.js')}' "$@"; }\n`;
      const port = String(await freePort());
      const sessions = Object.keys(CODES).map((name) => `echo '== ${name}'\n${session(name)}`);
      const script = (npx + sessions.join(''))
        .replace('127.0.0.1:4000', `127.0.0.1:${port}`)
        // On a busy machine, three seconds may show nothing.
        .replace(
          /^call -N --max-time 3 .*$/m,
          `until told=$($&); grep '"type":"task"' <<<"$told"; do :; done; echo "$told"`,
        );
      expect(script).toContain('/v1/tasks/batch');
      const { url: database } = installation.database;
      const env = { MONO: server.url, KEY: installation.key, DATABASE_URL: database, PORT: port };
      const output = await paste(script, env);
      const answers = answersIn(output);
      const codes = output
        .split(/^== /m)
        .slice(1)
        .map((part) => [part.slice(0, part.indexOf('\n')), answersIn(part).map(codeOf).join(' ')]);
      expect(Object.fromEntries(codes)).toEqual(CODES);
      expect(output).toMatch(/^2025-11-03,[^,]+,Buy milk,0,5400,5400,0,1\.5,1\.5\r?$/m);
      expect(output.match(/^idempotent-replayed: true/gim)).toHaveLength(1);
      expect(output).toMatch(/^event: change\ndata: \{.*"type":"task".*\}$/m);
      expect(output).toMatch(/^200 applied tasks\.created task \S+ 1$/m);
      expect(output).toMatch(/^200 repeated webhooks\.test$/m);
      const changed = answers.at(-3) ?? '';
      expect(JSON.parse(changed)).toMatchObject({ items: expect.arrayContaining([expect.anything()]) });
      const [filtered, searched] = answers
        .slice(1, 3)
        .map((line) => JSON.parse(line) as { items: { title: string }[] });
      for (const found of [filtered, searched]) expect(found?.items.map(({ title }) => title)).toEqual(['Buy milk']);
    });
  });

  test('its programs for NATS work as pasted, as a user that the command line has made', async () => {
    const cli = [resolve('apps/cli/dist/main.js'), '--data-dir', directory, 'nats-user', 'add', 'robot'];
    const { stdout } = await run(process.execPath, cli, { env: { PATH: process.env['PATH'] } });
    const [url = ''] = /nats:\/\/\S+/.exec(stdout) ?? [];
    expect(stdout).toContain('_INBOX_robot');
    // The session has made tasks of the same title in its own.
    const { key } = await createWorkspace(installation.database.url);
    const env = { PATH: process.env['PATH'], MONO_NATS: url, KEY: key };
    const source = ['--input-type=module', '--eval', program('nats')];
    const output = await until(
      'the server has read its users',
      async () => (await run(process.execPath, source, { env })).stdout,
    );
    expect(output.split('\n').slice(0, 3)).toEqual(['Buy milk "1"', 'version_conflict { current_version: 1 }', '1']);
    const follower = startChild(process.execPath, ['--input-type=module', '--eval', program('follow')], { env });
    try {
      await until('it follows', () => follower.output().includes('following'));
      const { body } = await new ApiClient(server.url, key).post<{ id: string }>('/v1/tasks', { title: 'Bake bread' });
      await until('it has the change', () => follower.output().includes(`created task ${body.id}`));
    } finally {
      await follower.kill('SIGKILL');
    }
  });

  test('its verification of webhooks accepts signed ones only', async () => {
    const { isValid } = (await import(`data:text/javascript,${encodeURIComponent(program('verify'))}`)) as {
      isValid: (headers: object, body: Buffer, secret: string) => boolean;
    };
    const [secret, body] = [`whsec_${Buffer.alloc(32, 5).toString('base64')}`, Buffer.from('{"title":"Grüße"}')];
    const headersAt = (seconds: number): object => {
      const digest = createHmac('sha256', Buffer.alloc(32, 5)).update(`msg_1.${seconds}.`).update(body);
      const signature = `v1,${Buffer.alloc(32).toString('base64')} v1,${digest.digest('base64')}`;
      return { 'webhook-id': 'msg_1', 'webhook-timestamp': String(seconds), 'webhook-signature': signature };
    };
    const now = Math.floor(Date.now() / 1_000);
    expect(isValid(headersAt(now), body, secret)).toBe(true);
    expect(isValid(headersAt(now), Buffer.from('{}'), secret)).toBe(false);
    expect(isValid(headersAt(now), body, `whsec_${Buffer.alloc(32, 6).toString('base64')}`)).toBe(false);
    expect(isValid({ ...headersAt(now), 'webhook-id': 'msg_2' }, body, secret)).toBe(false);
    expect(isValid(headersAt(now - 600), body, secret)).toBe(false);
    expect(isValid({}, body, secret)).toBe(false);
  });
});
