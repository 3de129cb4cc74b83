// Prepares a checkout: installs packages and builds sources. Uses Node's own modules only, since nothing is installed yet.
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import { ProcessLock } from '../libs/embedded/src/host/process-lock.js';

export const CHECKOUT = resolve(import.meta.dirname, '..');
const CACHE = join(CHECKOUT, 'node_modules/.cache/mono');
const NODE_24 = join(CHECKOUT, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
const OLDEST = [20, 19];
const PING_TIMEOUT_MS = 15_000;

/**
 * Installs and builds what is stale, one process at a time. Writes nothing if nothing is stale, so that another user may run a
 * checkout that only its owner can change.
 * @param {'run' | 'develop'} purpose `run` omits packages that only tests and checks need
 * @param {{ build?: boolean }} [options]
 * @returns {Promise<string>} the Node that runs the rest
 */
export async function prepareCheckout(purpose, { build = true } = {}) {
  requireNode();
  const isBuilt = () => !build || buildIsFresh();
  if (packagesAreFresh(purpose) && isBuilt()) return NODE_24;
  requireWritable();
  await new ProcessLock(join(CHECKOUT, 'data/lock')).hold(() => {
    if (!packagesAreFresh(purpose)) {
      installPackages(purpose);
      // The build depends on the packages.
      rmSync(stampOf('build'), { force: true });
    }
    if (!isBuilt()) {
      say('Building …');
      run(NODE_24, [join(CHECKOUT, 'node_modules/typescript/bin/tsc'), '-b', 'apps/server', 'apps/cli']);
      writeStamp('build', sourceState());
    }
    return Promise.resolve();
  }, sayWaiting);
  return NODE_24;
}

/** The environment of child processes, in which `node` is the pinned one. */
export function pinnedEnvironment() {
  return { ...process.env, PATH: `${join(CHECKOUT, 'node_modules/node/bin')}${delimiter}${process.env['PATH'] ?? ''}` };
}

function sayWaiting(/** @type {number} */ pid) {
  say(`Waiting for process ${pid} to prepare this checkout …`);
}

export function say(/** @type {string} */ line) {
  process.stderr.write(`${line}\n`);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  fail(`Node ${process.versions.node} is too old.`, `Install Node ${OLDEST.join('.')} or newer.`);
}

function requireWritable() {
  try {
    accessSync(CHECKOUT, constants.W_OK);
  } catch {
    fail(
      `The packages or the build of ${CHECKOUT} are out of date, and this user cannot write there.`,
      'Run `npm start` or `npm test` once as the owner of the checkout.',
    );
  }
}

function packagesAreFresh(/** @type {'run' | 'develop'} */ purpose) {
  const stamp = readStamp('packages');
  const state = packageState();
  return existsSync(NODE_24) && (stamp === `develop ${state}` || (purpose === 'run' && stamp === `run ${state}`));
}

function buildIsFresh() {
  return readStamp('build') === sourceState();
}

/** Packages of a developer are kept. */
function installPackages(/** @type {'run' | 'develop'} */ asked) {
  const purpose = asked === 'develop' || hasDevelopmentPackages() ? 'develop' : 'run';
  say('Installing packages …');
  const offline = !isRegistryReachable();
  // `npm ci` would remove the packages of a running instance. `--no-save`: the lock file is tracked.
  const command = existsSync(NODE_24) ? ['install', '--no-save'] : ['ci'];
  const args = [...command, '--no-audit', '--no-fund', '--loglevel=error'];
  if (purpose === 'run') args.push('--omit=dev');
  if (offline) {
    say('The npm registry cannot be reached: trying npm’s cache …');
    args.push('--offline');
  }
  const remedy = offline
    ? 'Connect this machine to the npm registry (`npm config get registry`), or set a proxy for npm, and try again.'
    : 'See npm’s output above. If the disk is full, free some space; then try again.';
  npm(args, remedy);
  writeStamp('packages', `${purpose} ${packageState()}`);
}

function hasDevelopmentPackages() {
  /** @type {{ devDependencies: Record<string, string> }} */
  const { devDependencies } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8'));
  return Object.keys(devDependencies).some((name) => existsSync(join(CHECKOUT, 'node_modules', name)));
}

/** Any answer counts, since not every registry supports ping. */
function isRegistryReachable() {
  const [program, ...before] = npmCommand();
  const ping = ['ping', '--fetch-retries=0', '--fetch-timeout=5000', '--loglevel=error'];
  const { status, stderr } = spawnSync(program, [...before, ...ping], {
    cwd: CHECKOUT,
    encoding: 'utf8',
    timeout: PING_TIMEOUT_MS,
  });
  return status === 0 || /npm error code E\d{3}\b/.test(stderr ?? '');
}

function stampOf(/** @type {string} */ name) {
  return join(CACHE, `${name}.stamp`);
}

function readStamp(/** @type {string} */ name) {
  return existsSync(stampOf(name)) ? readFileSync(stampOf(name), 'utf8') : undefined;
}

function writeStamp(/** @type {string} */ name, /** @type {string} */ state) {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(stampOf(name), state);
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

/** Names, sizes and times of all sources, and whether the build exists. */
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
export function sources(/** @type {string} */ folder) {
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
    readdirSync(join(CHECKOUT, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(group, name))
      .sort(),
  );
}

function npm(/** @type {string[]} */ args, /** @type {string} */ remedy) {
  const [program, ...before] = npmCommand();
  run(program, [...before, ...args], remedy, `npm ${args[0]}`);
}

/** npm passes its path to scripts; otherwise it is on PATH. @returns {[string, ...string[]]} */
function npmCommand() {
  const cli = process.env['npm_execpath'];
  return cli?.endsWith('.js') ? [process.execPath, cli] : ['npm'];
}

function run(
  /** @type {string} */ program,
  /** @type {string[]} */ args,
  remedy = 'See the output above. If the disk is full, free some space; then try again.',
  name = `${program} ${args[0] ?? ''}`,
) {
  const { status, error } = spawnSync(program, args, { cwd: CHECKOUT, stdio: ['ignore', 2, 2], shell: false });
  if (error) fail(`${program} cannot be started: ${error.message}.`, 'Install Node with npm.');
  if (status !== 0) fail(`${name} failed with exit code ${status}.`, remedy);
}

/** @returns {never} */
function fail(/** @type {string} */ message, /** @type {string} */ remedy) {
  say(`\n${message}\n${remedy}`);
  process.exit(1);
}
