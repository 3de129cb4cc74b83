// Brings a checkout to where it can run: packages installed, sources built. Node's own modules only: nothing is there yet.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import { ProcessLock } from '../libs/platform/src/host/process-lock.js';

export const CHECKOUT = resolve(import.meta.dirname, '..');
const CACHE = join(CHECKOUT, 'node_modules/.cache/mono');
const NODE_24 = join(CHECKOUT, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
const OLDEST = [20, 19];

/** Installs and builds what is stale, one process at a time. @returns the Node that runs the rest. */
export async function prepareCheckout() {
  demandNode();
  const lock = new ProcessLock(join(CHECKOUT, 'data/lock'));
  await lock.hold(async () => {
    step('packages', packageState, 'Installing the packages', () =>
      npm(['install', '--no-audit', '--no-fund', '--loglevel=error']),
    );
    step('build', sourceState, 'Building', () =>
      run(NODE_24, [join(CHECKOUT, 'node_modules/typescript/bin/tsc'), '-b', 'apps/server', 'apps/cli']),
    );
  }, sayWaiting);
  return NODE_24;
}

/** The environment in which `node` is the pinned one, for whatever is started from here. */
export function pinnedEnvironment() {
  return { ...process.env, PATH: `${join(CHECKOUT, 'node_modules/node/bin')}${delimiter}${process.env['PATH'] ?? ''}` };
}

function sayWaiting(/** @type {number} */ pid) {
  say(`Waiting for process ${pid}, which prepares this checkout …`);
}

export function say(/** @type {string} */ line) {
  process.stderr.write(`${line}\n`);
}

function demandNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  fail(`Node ${process.versions.node} is too old.`, `Install Node ${OLDEST.join('.')} or newer.`);
}

/** Runs `work` unless it has succeeded on this very state before. */
function step(
  /** @type {string} */ name,
  /** @type {() => string} */ state,
  /** @type {string} */ what,
  /** @type {() => void} */ work,
) {
  const stamp = join(CACHE, `${name}.stamp`);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state() && existsSync(NODE_24)) return;
  say(`${what} …`);
  work();
  mkdirSync(CACHE, { recursive: true });
  // The work may change what the state is made of.
  writeFileSync(stamp, state());
}

function packageState() {
  const manifests = [
    'package.json',
    'package-lock.json',
    ...workspaceFolders().map((folder) => join(folder, 'package.json')),
  ];
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of manifests)
    if (existsSync(join(CHECKOUT, file))) hash.update(file).update(readFileSync(join(CHECKOUT, file)));
  return hash.digest('hex');
}

/** Names, sizes and times of all sources; and whether the result is there. */
function sourceState() {
  const hash = createHash('sha256');
  for (const folder of workspaceFolders()) {
    hash.update(existsSync(join(CHECKOUT, folder, 'dist')) ? 'built' : 'missing');
    for (const file of sources(join(CHECKOUT, folder))) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file} ${size} ${mtimeMs}`);
    }
  }
  return hash.update(readFileSync(join(CHECKOUT, 'tsconfig.base.json'))).digest('hex');
}

/** @returns {string[]} */
function sources(/** @type {string} */ folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'dist' && name !== 'node_modules')
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sources(path);
      return /\.(ts|js|json)$/.test(entry.name) ? [path] : [];
    });
}

function workspaceFolders() {
  return ['apps', 'libs'].flatMap((group) =>
    readdirSync(join(CHECKOUT, group))
      .sort()
      .map((name) => join(group, name)),
  );
}

function npm(/** @type {string[]} */ args) {
  // npm tells its scripts where it is; started by hand it is on PATH.
  const cli = process.env['npm_execpath'];
  if (cli?.endsWith('.js')) run(process.execPath, [cli, ...args]);
  else run('npm', args);
}

function run(/** @type {string} */ program, /** @type {string[]} */ args) {
  const { status, error } = spawnSync(program, args, { cwd: CHECKOUT, stdio: ['ignore', 2, 2], shell: false });
  if (error) fail(`${program} cannot be started: ${error.message}.`, 'Install Node with npm.');
  if (status !== 0)
    fail(
      `${program} ${args[0] ?? ''} ended with ${status}.`,
      'What it wrote above tells why. If the disk is full or the network away, mend that and try again.',
    );
}

/** @returns {never} */
function fail(/** @type {string} */ message, /** @type {string} */ remedy) {
  say(`\n${message}\n${remedy}`);
  process.exit(1);
}
