// The README's session, as pasted into a shell.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInstallation, type Installation } from '../support/installation.ts';

const README = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');

function session(): string {
  const [, section = ''] = /<!-- session:begin -->([\s\S]*)<!-- session:end -->/.exec(README) ?? [];
  const [, script = ''] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
  return script;
}

function paste(script: string, env: Record<string, string>): Promise<string> {
  const shell = spawn('bash', ['-s'], { env: { PATH: process.env['PATH'], ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  shell.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  shell.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  shell.stdin.end(script);
  return new Promise((done) => {
    shell.once('close', () => done(output));
  });
}

const curl = spawnSync('curl', ['--version']).status === 0;
if (!curl) process.stdout.write('skipped: the README session needs curl, which this machine has not\n');

(curl ? describe : describe.skip)('the README', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await createInstallation();
  });
  afterAll(() => installation?.end());

  test('its session works as pasted', async () => {
    const server = await installation.startServer();
    const script = session();
    expect(script).toContain('/v1/tasks/batch');
    const output = await paste(script, { MONO: server.url, KEY: installation.key });
    const answers = output.split('\n').filter((line) => line.startsWith('{'));
    const codes = answers.map((line) => (JSON.parse(line) as { error?: { code: string } }).error?.code ?? 'ok');
    expect(codes.join(' ')).toBe('ok ok ok ok version_conflict ok ok ok duplicate_task unknown_field validation_error');
    expect(output.match(/^idempotent-replayed: true/gim)).toHaveLength(1);
    const [filtered, searched] = answers.slice(1, 3).map((line) => JSON.parse(line) as { items: { title: string }[] });
    for (const found of [filtered, searched]) expect(found?.items.map(({ title }) => title)).toEqual(['Buy milk']);
  });
});
