import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Instances, ProcessLock } from '@mono/embedded';
import { embeddedServers } from './embedded.js';

/** @returns the exit code. */
export async function down(dataDirectory: string, force: boolean, say: (line: string) => void): Promise<number> {
  const directory = resolve(dataDirectory);
  if (!existsSync(directory)) {
    say(`No data directory at ${directory}.`);
    return 0;
  }
  const lock = new ProcessLock(join(directory, 'lock'));
  return lock.hold(
    async () => {
      const living = new Instances(join(directory, 'instances')).living();
      if (living.length > 0 && !force) {
        say(
          `${living.length === 1 ? 'An instance runs' : `${living.length} instances run`}: stop ${living.length === 1 ? 'it' : 'them'} first, or add --force.`,
        );
        for (const { pid, url } of living) say(`  process ${pid} ${url}`);
        return 1;
      }
      const servers = await embeddedServers(directory);
      for (const server of servers) {
        const ran = await server.isRunning();
        await server.stop();
        say(`${server.name} ${ran ? 'is stopped' : 'was not running'}.`);
      }
      if (servers.length === 0) say('This directory has no embedded servers.');
      return 0;
    },
    (pid) => say(`Waiting for process ${pid}, which is starting or stopping …`),
  );
}
