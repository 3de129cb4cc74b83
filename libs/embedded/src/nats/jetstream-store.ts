// The disk usage of JetStream, as the server reports it on its monitoring port.
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

/** The rest is for other users of the disk, such as PostgreSQL. */
const SHARE_OF_DISK = 0.75;
/** The share from which a store counts as nearly full. */
const NEARLY_FULL = 0.9;
/** The minimum growth that justifies a restart. */
const WORTH_A_RESTART = 1.2;

/**
 * Unlike `/healthz`, `/jsz` reports a disabled JetStream, and does not answer if its store hangs.
 * @returns undefined if JetStream does not serve.
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

/** The store of a node's account; without a limit if only the server has one. @throws Error if JetStream does not answer. */
export async function readAccountStore(
  connection: NatsConnection | undefined,
  timeoutMs: number,
): Promise<JetStreamStore> {
  if (!connection) throw new Error('NATS is not connected.');
  const manager = await jetstreamManager(connection, { timeout: timeoutMs, checkAPI: false });
  const { storage, limits } = await manager.getAccountInfo();
  return { usedBytes: storage, limitBytes: limits.max_storage > 0 ? limits.max_storage : Number.POSITIVE_INFINITY };
}

/** The share of the disk for streams. @param usedBytes their current size. */
export async function shareOfDisk(directory: string, usedBytes: number): Promise<number> {
  const { bavail, bsize } = await statfs(present(directory));
  return Math.floor((usedBytes + bavail * bsize) * SHARE_OF_DISK);
}

/** Whether the store is nearly full while its disk has space. The limit dates from the start of the server. */
export async function hasOutgrown({ usedBytes, limitBytes }: JetStreamStore, directory: string): Promise<boolean> {
  if (usedBytes < limitBytes * NEARLY_FULL) return false;
  return (await shareOfDisk(directory, usedBytes)) > limitBytes * WORTH_A_RESTART;
}

/** The directory, or its first existing parent. */
function present(directory: string): string {
  return existsSync(directory) ? directory : present(dirname(directory));
}
