// Runs the server from its sources. A change stops it in order and starts it again; the embedded servers run on meanwhile.
import { spawn } from 'node:child_process';
import { readdirSync, statSync, watch } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { STOP_SIGNALS, whenNpmDies } from './become.mjs';
import { CHECKOUT, pinnedEnvironment, say, sources } from './checkout.mjs';

/** An editor writes a file in several steps, and a checkout of another branch writes many files. */
const SETTLE_MS = 150;
const WATCHED_FOLDERS = ['apps/server', 'libs'];
const IS_TEST = /\.test\.ts$|\/testing\//;

export class Reloader {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #server;
  /** @type {Map<string, string>} */
  #seen = new Map();
  /** @type {Map<string, import('node:fs').FSWatcher>} */
  #watchers = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  #settling;
  #isRestarting = false;
  #restartIsWanted = false;
  #isStopping = false;
  /** Whether the last server left them running. */
  #serversAreKept = false;
  /** @type {string[]} */
  #args = [];

  /** @param {string} node that runs the server */
  constructor(node) {
    this.node = node;
  }

  run(/** @type {string[]} */ args) {
    this.#args = args;
    this.#seen = look();
    this.#watch();
    for (const signal of STOP_SIGNALS) process.on(signal, () => void this.#stop());
    whenNpmDies(() => void this.#stop());
    this.#start();
  }

  #start() {
    const server = spawn(this.node, [...fromSources('apps/server/src/main.ts'), ...this.#args], {
      cwd: CHECKOUT,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: pinnedEnvironment(),
    });
    this.#server = server;
    server.once('exit', (code) => {
      this.#server = undefined;
      // A second Ctrl-C stops at once.
      if (this.#isStopping && code !== 0) process.exit(code ?? 1);
      if (!this.#isStopping && !this.#isRestarting)
        say('\nThe server has ended. It starts again after the next change.');
    });
  }

  /** Directories one by one: watching recursively would include node_modules. */
  #watch() {
    for (const directory of new Set([...this.#seen.keys()].map((file) => dirname(file)))) {
      if (this.#watchers.has(directory)) continue;
      const watcher = watch(directory, () => {
        clearTimeout(this.#settling);
        this.#settling = setTimeout(() => this.#compare(), SETTLE_MS);
      });
      watcher.on('error', () => this.#watchers.delete(directory));
      this.#watchers.set(directory, watcher);
    }
  }

  #compare() {
    if (this.#isStopping) return;
    const now = look();
    const changed = [...new Set([...now.keys(), ...this.#seen.keys()])].filter(
      (file) => now.get(file) !== this.#seen.get(file),
    );
    this.#seen = now;
    this.#watch();
    if (changed.length === 0) return;
    const [first = ''] = changed;
    const more = changed.length > 1 ? ` and ${changed.length - 1} more` : '';
    say(`\nRestarting: ${relative(CHECKOUT, first)}${more} changed.`);
    this.#restartIsWanted = true;
    void this.#restart();
  }

  /** Changes while the server stops need no further restart. */
  async #restart() {
    if (this.#isRestarting) return;
    this.#isRestarting = true;
    while (this.#restartIsWanted && !this.#isStopping) {
      await this.#end({ keepServers: true });
      this.#restartIsWanted = false;
      if (!this.#isStopping) this.#start();
    }
    this.#isRestarting = false;
  }

  async #end(/** @type {{ keepServers: boolean }} */ { keepServers }) {
    const server = this.#server;
    if (!server) return;
    this.#serversAreKept = keepServers;
    const ended = new Promise((done) => void server.once('exit', done));
    if (server.connected) server.send({ stop: 'SIGTERM', keepServers }, () => undefined);
    await ended;
  }

  async #stop() {
    if (this.#isStopping) return;
    this.#isStopping = true;
    clearTimeout(this.#settling);
    for (const watcher of this.#watchers.values()) watcher.close();
    // A server that stops for a restart keeps them running, whatever signal it gets now.
    const wasRestarting = this.#isRestarting && this.#server !== undefined;
    if (wasRestarting) await new Promise((done) => void this.#server?.once('exit', done));
    else await this.#end({ keepServers: false });
    process.exit(this.#serversAreKept ? await this.#stopServers() : 0);
  }

  /** From the sources, or from the last build if the sources do not run. */
  async #stopServers() {
    for (const program of [fromSources('apps/cli/src/main.ts'), [join(CHECKOUT, 'apps/cli/dist/main.js')]]) {
      const down = spawn(this.node, [...program, 'down'], { cwd: CHECKOUT, env: pinnedEnvironment(), stdio: 'ignore' });
      const code = await new Promise((done) => void down.once('exit', done).once('error', () => done(1)));
      if (code === 0) return 0;
    }
    say('The embedded servers still run: other instances use them, or `npx mono down` stops them.');
    return 1;
  }
}

/** @returns {string[]} */
function fromSources(/** @type {string} */ file) {
  const loader = pathToFileURL(join(CHECKOUT, 'setup/source-loader.mjs')).href;
  return ['--enable-source-maps', '--conditions=source', '--import', loader, join(CHECKOUT, file)];
}

/** Size and time of each file that a running server depends on. @returns {Map<string, string>} */
function look() {
  const settings = readdirSync(CHECKOUT).filter((name) => name === '.env' || name.startsWith('.env.'));
  const files = WATCHED_FOLDERS.flatMap((folder) => sources(join(CHECKOUT, folder)));
  /** @type {Map<string, string>} */
  const seen = new Map();
  for (const file of [...files, ...[...settings, 'nats.conf'].map((name) => join(CHECKOUT, name))]) {
    if (IS_TEST.test(file)) continue;
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat) seen.set(file, `${stat.size} ${stat.mtimeMs}`);
  }
  return seen;
}
