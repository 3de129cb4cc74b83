import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findPostgresBinaries, Instances } from '@mono/platform';
import { embeddedServers } from './embedded.js';

const LITTLE_SPACE_BYTES = 1024 ** 3;

/** Changes nothing. @returns the exit code: 1 when something is wrong. */
export async function doctor(dataDirectory: string, say: (line: string) => void): Promise<number> {
  const directory = resolve(dataDirectory);
  let healthy = true;
  const report = (fine: boolean, line: string): void => {
    healthy &&= fine;
    say(`${fine ? 'ok  ' : 'BAD '} ${line}`);
  };
  report(Number(process.versions.node.split('.')[0]) >= 24, `Node ${process.versions.node}`);
  await findPostgresBinaries().then(
    () => report(true, 'PostgreSQL binaries for this platform'),
    (error: Error) => report(false, error.message),
  );
  if (!existsSync(directory)) {
    say(`     No data at ${directory} yet.`);
    return healthy ? 0 : 1;
  }
  const { bavail, bsize } = await statfs(directory);
  report(bavail * bsize > LITTLE_SPACE_BYTES, `${Math.floor((bavail * bsize) / 1024 ** 2)} MiB free at ${directory}`);
  const instances = new Instances(join(directory, 'instances')).living();
  for (const { pid, url } of instances) report(true, `instance ${pid} at ${url}`);
  for (const server of await embeddedServers(directory)) {
    const running = await server.isRunning();
    report(running || instances.length === 0, `${server.name} ${running ? 'runs' : 'does not run'}`);
  }
  return healthy ? 0 : 1;
}
