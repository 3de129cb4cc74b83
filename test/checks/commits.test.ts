import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commitsSince, faultsOf } from './commits.mjs';

test.each([
  'cli: load the code of a command only when it runs',
  'time-tracking: add history, timers and reports\n\nReasons.',
  'setup: bring up the servers',
  'bus: process messages in order',
  'Merge branch main',
  'Revert "cli: add a command"',
  'docs: name JetStream\n# Please enter the commit message',
])('%j is accepted', (message) => {
  expect(faultsOf(message)).toEqual([]);
});

test.each([
  [`cli: ${'x'.repeat(68)}`, '73 characters'],
  ['Track time', 'scope: imperative summary'],
  ['Cli: add a command', 'scope: imperative summary'],
  ['cli:add a command', 'scope: imperative summary'],
  ['cli: Add a command', 'lower case'],
  ['cli: added a command', 'imperative instead of "added"'],
  ['cli: adding a command', 'imperative instead of "adding"'],
  ['cli: adds a command', 'imperative instead of "adds"'],
  ['cli: add a command.', 'full stop'],
  ['cli: add a command\nand more', 'second line'],
])('%j is refused', (message, reason) => {
  expect(faultsOf(message).join(' ')).toContain(reason);
});

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@mono.example', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function subjects(root: string): string[] {
  return commitsSince(root, 'check.mjs').map(({ message }) => message.split('\n')[0] ?? '');
}

describe('a range', () => {
  let directory: string;
  const commit = (message: string): string => git(directory, 'commit', '--quiet', '--allow-empty', '-m', message);

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'mono-commits-'));
    git(directory, 'init', '--quiet', '--initial-branch=main');
    commit('An earlier subject');
    writeFileSync(join(directory, 'check.mjs'), '');
    git(directory, 'add', '.');
    commit('Add the check');
    commit('cli: add one');
    commit('No scope');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('begins behind the commit that added the check', () => {
    expect(subjects(directory)).toEqual(['No scope', 'cli: add one']);
  });

  test('is as much of it as a shallow clone has', () => {
    const shallow = join(directory, 'shallow');
    git(directory, 'clone', '--quiet', '--depth=2', pathToFileURL(directory).href, shallow);
    expect(subjects(shallow)).toEqual(['No scope']);
  });

  test('is empty where the check has never been committed', () => {
    expect(commitsSince(directory, 'other.mjs')).toEqual([]);
  });
});

test('the commits of this repository', () => {
  const ours = commitsSince(process.cwd(), 'test/checks/commits.mjs');
  expect(ours.filter(({ message }) => faultsOf(message).length > 0)).toEqual([]);
});
