// The servers that all end-to-end tests share, as one test file uses them: with its own workspace, keys and addresses. A test
// that kills, restarts or reconfigures servers uses `createInstallation` instead.
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { ApiClient } from './api-client.ts';
import type { Topology } from './installation.ts';
import { useMailServer, type MailServer } from './mail-server.ts';
import { makeKey, startServer, type ServerProcess } from './server-process.ts';
import type { SharedServers } from './shared-servers.ts';
import { until } from './until.ts';

/** All modules take minutes to start on a slow machine. */
const START = { limitMs: 560_000, pauseMs: 100 };

export interface SharedServer {
  readonly url: string;
  /** Speaks with the key of the test file. */
  readonly api: ApiClient;
  /** Everything that all servers of the installation have written. */
  output(): string;
}

export interface SharedInstallation {
  readonly server: SharedServer;
  readonly database: { readonly url: string };
  readonly nats: { readonly url: string };
  /** Receives all mails of the installation: read them by address. */
  readonly mails: Omit<MailServer, 'stop'>;
  /** With all rights in a new workspace and those of an operator, like the first key of an installation. */
  readonly key: string;
  readonly workspaceId: string;
  /** The first key, whose workspace is the default one. */
  readonly operatorKey: string;
  /** One node more, which the test file must stop. @param env beyond the settings of the others. */
  startNode(env?: Record<string, string>): Promise<ServerProcess>;
}

export async function sharedInstallation(topology: Topology = 'all in one'): Promise<SharedInstallation> {
  const servers = await startedServers(topology);
  const { url, databaseUrl, natsUrl, outputFile, operatorKey, mailPorts, env } = servers;
  const { workspaceId, key } = await createWorkspace(databaseUrl);
  return {
    server: { url, api: new ApiClient(url, key), output: () => readFileSync(outputFile, 'utf8') },
    database: { url: databaseUrl },
    nats: { url: natsUrl },
    mails: useMailServer(mailPorts),
    key,
    workspaceId,
    operatorKey,
    startNode: (more) => startServer({ databaseUrl, natsUrl, key, env: { ...env, ...more } }),
  };
}

async function startedServers(topology: Topology): Promise<SharedServers> {
  const broker = process.env['TEST_SHARED_SERVERS_URL'];
  if (!broker) throw new Error('TEST_SHARED_SERVERS_URL is not set: test/support/global-setup.ts sets it.');
  const { servers, error } = await until(
    `the shared servers are ready: ${topology}`,
    async () => {
      const answer = await fetch(`${broker}/${encodeURIComponent(topology)}`);
      const state = (await answer.json()) as { servers?: SharedServers; error?: string };
      return (state.servers !== undefined || state.error !== undefined) && state;
    },
    START,
  );
  if (error !== undefined || !servers) throw new Error(error);
  return servers;
}

/** Directly in the database, because only the first start creates a key with the scope `operator`. */
export async function createWorkspace(databaseUrl: string): Promise<{ workspaceId: string; key: string }> {
  const [workspaceId, keyId, key] = [randomUUID(), randomUUID(), makeKey()];
  const [, environment, shortId, secret] = /^mono_([a-z]+)_([0-9a-f]{12})_(.+)$/.exec(key) ?? [];
  const hash = createHash('sha256')
    .update(secret ?? '')
    .digest();
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`INSERT INTO auth.workspace (id, name) VALUES ($1, 'Tests')`, [workspaceId]);
    await client.query(
      `INSERT INTO auth.api_key (id, workspace_id, name, scopes) VALUES ($1, $2, 'Tests', '{*,operator}')`,
      [keyId, workspaceId],
    );
    await client.query(
      `INSERT INTO auth.api_key_secret (short_id, api_key_id, environment, secret_hash) VALUES ($1, $2, $3, $4)`,
      [shortId, keyId, environment, hash],
    );
  } finally {
    await client.end();
  }
  return { workspaceId, key };
}
