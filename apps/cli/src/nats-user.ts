// npx mono nats-user …: who may use the API over NATS, for the embedded server of this data directory.
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
      throw new Error(
        `There is no embedded NATS at ${directory}. With a server of your own, see docker/nats/clients.conf.`,
      );
    }
    this.lock = new ProcessLock(join(directory, 'lock'));
    this.server = new EmbeddedNats({ dataDirectory: directory, configuration: '', program: refuseToStart });
  }

  async add(name: string): Promise<void> {
    const { password, inboxPrefix } = await this.alone(() => this.server.clients.add(name));
    const { host, protocol } = new URL(this.server.url);
    this.say(`URL           ${protocol}//${name}:${password}@${host}`);
    this.say(`Inbox prefix  ${inboxPrefix}`);
    this.say(
      '              (shown this once: keep it. Each request needs an API key in its header Authorization, too.)',
    );
    this.tellServer();
  }

  list(): void {
    const names = this.server.clients.names();
    this.say(names.length === 0 ? 'There are none.' : names.join('\n'));
  }

  async remove(name: string): Promise<void> {
    if (!(await this.alone(() => this.server.clients.remove(name)))) throw new Error(`There is no user ${name}.`);
    this.say(`${name} is removed.`);
    this.tellServer();
  }

  /** Two that change the file at once would lose one of the changes. */
  private async alone<T>(change: () => T): Promise<T> {
    await this.lock.acquire();
    try {
      return change();
    } finally {
      this.lock.release();
    }
  }

  private tellServer(): void {
    if (!this.server.reload()) this.say('The server does not run: it takes this with its next start.');
  }
}
