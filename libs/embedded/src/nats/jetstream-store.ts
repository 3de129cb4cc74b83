// What JetStream's streams take of a server's disk, as the server itself says on its monitoring port.
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

export interface JetStreamStore {
  usedBytes: number;
  limitBytes: number;
}

interface JetStreamReport {
  disabled?: boolean;
  storage?: number;
  config?: { max_storage?: number };
}

/** The rest is left to others on the disk, such as PostgreSQL. */
const SHARE_OF_DISK = 0.75;
/** A store that is about to be full. */
const NEARLY_FULL = 0.9;
/** Less is not worth a restart. */
const WORTH_A_RESTART = 1.2;

/**
 * Unlike `/healthz`, `/jsz` says that JetStream has been switched off, and has no answer where its store hangs.
 * @returns undefined where JetStream does not serve.
 */
export async function jetStreamStore(monitorPort: number, timeoutMs: number): Promise<JetStreamStore | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${monitorPort}/jsz`, { signal: AbortSignal.timeout(timeoutMs) });
    const { disabled, storage = 0, config } = (await answer.json()) as JetStreamReport;
    if (disabled || !config) return undefined;
    return { usedBytes: storage, limitBytes: config.max_storage ?? Number.POSITIVE_INFINITY };
  } catch {
    return undefined;
  }
}

/** Of the account that a node uses; without a limit where only the server has one. @throws Error where JetStream does not answer. */
export async function readAccountStore(
  connection: NatsConnection | undefined,
  timeoutMs: number,
): Promise<JetStreamStore> {
  if (!connection) throw new Error('NATS is not connected.');
  const manager = await jetstreamManager(connection, { timeout: timeoutMs, checkAPI: false });
  const { storage, limits } = await manager.getAccountInfo();
  return { usedBytes: storage, limitBytes: limits.max_storage > 0 ? limits.max_storage : Number.POSITIVE_INFINITY };
}

/** The streams' part of the disk. @param usedBytes what they take already. */
export async function shareOfDisk(directory: string, usedBytes: number): Promise<number> {
  const { bavail, bsize } = await statfs(present(directory));
  return Math.floor((usedBytes + bavail * bsize) * SHARE_OF_DISK);
}

/** Whether the store is about to be full while its disk has room: the limit was set when the server started. */
export async function hasOutgrown({ usedBytes, limitBytes }: JetStreamStore, directory: string): Promise<boolean> {
  if (usedBytes < limitBytes * NEARLY_FULL) return false;
  return (await shareOfDisk(directory, usedBytes)) > limitBytes * WORTH_A_RESTART;
}

/** The directory, or where it will be made. */
function present(directory: string): string {
  return existsSync(directory) ? directory : present(dirname(directory));
}
