// Requirements on the version of the NATS server. Direct gets and consumer updates came with 2.9; headers, no-responders and
// pull consumers are older.
const LEAST = [2, 9, 0] as const;
const KNOWS_SYNC_INTERVAL = [2, 10, 0] as const;
/** nats-io/nats-server#6888: 2.10.20 loses a stream when processes are killed; 2.10.23 does not. */
const KEEPS_STREAMS = [2, 10, 23] as const;
/**
 * Jepsen's analysis of 2.12.1 lost acknowledged messages of clusters (nats-server#7545, #7549, #7556, #7564, #7567); 2.12.3
 * fixes the change of members.
 */
const CLUSTERS_BETTER = [2, 12, 3] as const;

/** @returns why the server is unsupported; undefined if it is supported. */
export function tooOld(version: string): string | undefined {
  // An unknown format of the version counts as new.
  if (!isBefore(version, LEAST)) return undefined;
  return `Unsupported NATS server ${version}: upgrade to ${LEAST.join('.')} or newer.`;
}

/** @returns known data losses of the server, with remedies. */
export function knownLosses(version: string, clustered: boolean): string[] {
  const losses: string[] = [];
  if (isBefore(version, KEEPS_STREAMS)) {
    losses.push(`NATS server ${version} can lose a stream when it is killed: run ${KEEPS_STREAMS.join('.')} or later.`);
  }
  if (isBefore(version, KNOWS_SYNC_INTERVAL)) {
    losses.push(
      `NATS server ${version} does not support sync_interval: it synchronises its files every two minutes, and a power cut loses later messages.`,
    );
  }
  if (clustered && isBefore(version, CLUSTERS_BETTER)) {
    losses.push(
      `NATS server ${version} can lose acknowledged messages of a cluster when servers crash together or files are damaged: run ${CLUSTERS_BETTER.join('.')} or later.`,
    );
  }
  return losses;
}

function isBefore(version: string, least: readonly number[]): boolean {
  const parts = /(?:^|v)(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (!parts) return false;
  const differing = least.findIndex((part, index) => part !== parts[index]);
  return differing !== -1 && (parts[differing] ?? 0) < (least[differing] ?? 0);
}
