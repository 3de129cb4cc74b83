// Runs an installation for many test files in its own process. It ends on request, and when the starting process ends, even by
// kill -9.
import { join } from 'node:path';
import { createInstallation, type Topology } from './installation.ts';
import { startMailServer } from './mail-server.ts';
import { startRedis } from './redis-process.ts';
import type { SharedServers } from './shared-servers.ts';
import { sharedSettings } from './shared-settings.ts';

const topology = process.argv[2] as Topology;
const scratch = process.env['TEST_SCRATCH'] ?? '';

// Its children die with it.
for (const event of ['disconnect', 'SIGINT', 'SIGTERM']) process.once(event, () => process.exit(1));

async function start(): Promise<{ servers: SharedServers; end: () => Promise<void> }> {
  const outputFile = join(scratch, `${topology.replaceAll(' ', '-')}.log`);
  const mails = await startMailServer();
  const installation = await createInstallation(topology);
  // Jobs are in PostgreSQL in one topology and in Redis in the other, so that the same tests cover both.
  const redis = topology === 'all in one' ? undefined : await startRedis();
  const env = sharedSettings({ ...mails.env, ...(redis && { REDIS_URL: redis.url }) });
  const { url } = await installation.startServer({ outputFile, env });
  const { database, nats, key } = installation;
  return {
    servers: {
      url,
      databaseUrl: database.url,
      natsUrl: nats.url,
      operatorKey: key,
      mailPorts: mails.ports,
      outputFile,
      env: { ...installation.env, ...env },
    },
    async end() {
      await installation.end();
      await redis?.stop();
      await mails.stop();
    },
  };
}

try {
  const { servers, end } = await start();
  process.once('message', () => {
    void end().finally(() => process.exit(0));
  });
  process.send?.({ servers });
} catch (error) {
  process.send?.({ error: String(error) }, () => process.exit(1));
}
