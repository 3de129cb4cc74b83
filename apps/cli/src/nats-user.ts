// npx mono nats-user …: outside clients of the embedded NATS of a data directory.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EmbeddedNats, ProcessLock } from '@mono/embedded';
import { refuseToStart } from './embedded.js';

type Say = (line: string) => void;

export class NatsUserCommands {
  private readonly server: EmbeddedNats;
  private readonly lock: ProcessLock;

  /** @throws Error where no embedded server has ever run. */
  constructor(
    dataDirectory: string,
    private readonly say: Say,
  ) {
    const directory = resolve(dataDirectory);
    if (!existsSync(join(directory, 'nats.json'))) {
      throw new Error(`No embedded NATS at ${directory}. For your own server, see docker/nats/clients.conf.`);
    }
    this.lock = new ProcessLock(join(directory, 'lock'));
    this.server = new EmbeddedNats({ dataDirectory: directory, configuration: '', program: refuseToStart });
  }

  async add(name: string): Promise<void> {
    const { password, inboxPrefix } = await this.alone(() => this.server.clients.add(name));
    const { host, protocol } = new URL(this.server.url);
    this.say(`URL           ${protocol}//${name}:${password}@${host}`);
    this.say(`Inbox prefix  ${inboxPrefix}`);
    this.say('              (shown only once: store it. Requests also need an API key in the header Authorization.)');
    this.reloadServer();
  }

  list(): void {
    const names = this.server.clients.names();
    this.say(names.length === 0 ? 'No outside clients.' : names.join('\n'));
  }

  async remove(name: string): Promise<void> {
    if (!(await this.alone(() => this.server.clients.remove(name)))) throw new Error(`Unknown user "${name}".`);
    this.say(`Removed ${name}.`);
    this.reloadServer();
  }

  /** Concurrent changes of the file would overwrite each other. */
  private async alone<T>(change: () => T): Promise<T> {
    await this.lock.acquire();
    try {
      return change();
    } finally {
      this.lock.release();
    }
  }

  private reloadServer(): void {
    if (!this.server.reload()) this.say('The server is not running: the change applies at its next start.');
  }
}
