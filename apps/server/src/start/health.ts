// What a node's readiness is made of, and the limits beyond which it is degraded.
import { statfs } from 'node:fs/promises';
import { type Bus, type BusConnection } from '@mono/bus';
import { readAccountStore, type JetStreamStore } from '@mono/embedded';
import {
  Health,
  HealthWatch,
  schemaOf,
  type Database,
  type HealthCheck,
  type Jobs,
  type Logger,
  type Problem,
} from '@mono/platform';
import type { Configuration } from '../configuration.js';

export interface HealthParts {
  configuration: Configuration;
  databases: Readonly<Record<string, Database>>;
  connection: BusConnection;
  bus: Bus;
  jobs: Jobs;
  /** Whether some modules run elsewhere: without the bus, their routes cannot be served. */
  partial: boolean;
  /** With the embedded servers' data; undefined where none is embedded. */
  dataDirectory: string | undefined;
  /** Of the embedded NATS server, where there is one. */
  store: (() => Promise<JetStreamStore | undefined>) | undefined;
  logger: Logger;
}

const MIB = 1_024 ** 2;
const ANSWER_TIMEOUT_MS = 2_000;
/** JetStream that is slow once is not away. */
const MISSES = 2;
const SILENT: Problem = {
  code: 'jetstream_unavailable',
  reason: 'JetStream does not answer: events wait in the database.',
  remedy: 'Read the log of nats-server: its disk may be full, or its cluster may have no majority.',
};

export function makeHealth(parts: HealthParts): { health: Health; watch: HealthWatch } {
  const { databases, connection, bus, jobs, partial, dataDirectory, logger } = parts;
  const checks = [
    { component: 'streams', look: streamsCheck(parts) },
    { component: 'database', look: fullCheck(Object.values(databases)) },
    ...Object.entries(databases).map(([module, database]) => outboxCheck(parts, module, database)),
    { component: 'consumers', look: consumersCheck(parts) },
    ...(dataDirectory === undefined ? [] : [{ component: 'disk', look: diskCheck(parts, dataDirectory) }]),
  ];
  const watch = new HealthWatch(checks, logger);
  const isUp = async (): Promise<boolean> => {
    await Promise.all(Object.values(databases).map((database) => database.query('SELECT 1')));
    return true;
  };
  const watched = (name: string, up: () => boolean = () => true) => ({
    name,
    required: false,
    isUp: up,
    problem: () => watch.problemOf(name),
  });
  const health = new Health([
    { name: 'database', required: true, isUp, problem: () => watch.problemOf('database') },
    { name: 'bus', required: partial, isUp: () => connection.connected },
    watched('streams', () => connection.connected),
    watched('outbox'),
    watched('consumers', () => bus.faults.length === 0),
    ...(dataDirectory === undefined ? [] : [watched('disk')]),
    { name: 'jobs', required: false, isUp: () => jobs.isUp() },
  ]);
  return { health, watch };
}

/** A database that has no space still reads: it serves, and says what it cannot do. */
function fullCheck(databases: readonly Database[]): HealthCheck['look'] {
  return async () => {
    const full = await Promise.all(databases.map((database) => database.isDiskFull()));
    if (!full.includes(true)) return undefined;
    return {
      code: 'disk_full',
      reason: 'The disk of the database is full: nothing can be written.',
      remedy: 'Free space on that disk. Writes then work again by themselves.',
    };
  };
}

/** A server may be connected and have JetStream switched off, hang, have no leader, or have no room. */
function streamsCheck({ configuration, connection, store }: HealthParts): HealthCheck['look'] {
  const { DEGRADED_STORE_PERCENT: most } = configuration.node;
  let misses = 0;
  return async () => {
    const account = await readAccountStore(connection.live, ANSWER_TIMEOUT_MS).catch(() => undefined);
    const fill = account && store ? await store() : account;
    misses = fill || !connection.connected ? 0 : misses + 1;
    if (misses >= MISSES) return SILENT;
    if (!fill || fill.usedBytes < (fill.limitBytes * most) / 100) return undefined;
    const percent = Math.floor((fill.usedBytes / fill.limitBytes) * 100);
    const room = store
      ? 'Free space on the disk of NATS, raise NATS_MAX_FILE_STORE,'
      : 'Raise the limit of the NATS account,';
    return {
      code: percent >= 100 ? 'store_full' : 'store_nearly_full',
      reason: `Streams take ${mib(fill.usedBytes)} of ${mib(fill.limitBytes)} MiB (${percent} %).`,
      remedy: `${room} or lower EVENTS_MAX_AGE_DAYS. Events wait in the database and are published when there is room.`,
    };
  };
}

function outboxCheck({ configuration }: HealthParts, module: string, database: Database): HealthCheck {
  const { DEGRADED_AFTER_SECONDS: limit } = configuration.node;
  const outbox = `"${schemaOf(module)}"."outbox"`;
  let present: boolean | undefined;
  const look = async (): Promise<Problem | undefined> => {
    if (present !== true) {
      const [row] = await database.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [outbox]);
      present = row?.there === true;
      if (!present) return undefined;
    }
    const [oldest] = await database.query<{ seconds: number }>(
      `SELECT extract(epoch FROM now() - "occurred_at")::float8 AS seconds FROM ${outbox}
       WHERE "published_at" IS NULL ORDER BY "seq" LIMIT 1`,
    );
    if (!oldest || oldest.seconds < limit) return undefined;
    return {
      code: 'events_wait',
      reason: `The oldest event of ${module} has waited ${Math.floor(oldest.seconds)} s to be published.`,
      remedy: 'Look at the component streams and for "cannot be published" in the logs of all nodes.',
    };
  };
  return { component: 'outbox', look };
}

function consumersCheck({ configuration, bus }: HealthParts): HealthCheck['look'] {
  const { DEGRADED_AFTER_SECONDS: seconds, DEGRADED_CONSUMER_MESSAGES: most } = configuration.node;
  const progress = new Map<string, { delivered: number; at: number }>();
  return async () => {
    const paused = bus.durable.find((consumer) => consumer.paused);
    if (paused) {
      return {
        code: 'consumers_paused',
        reason: `Consumers of ${paused.module} pause on this node: its database cannot be reached.`,
        remedy: 'Restore the database; the consumers resume by themselves.',
      };
    }
    const backlogs = await Promise.all(
      bus.durable.map(async (consumer) => ({ consumer, backlog: await consumer.backlog() })),
    );
    for (const { consumer, backlog } of backlogs) {
      if (!backlog) continue;
      const { waiting, delivered } = backlog;
      const last = progress.get(consumer.name);
      const moved = last?.delivered !== delivered || waiting === 0;
      if (moved) progress.set(consumer.name, { delivered, at: performance.now() });
      const stalled = !moved && performance.now() - last.at > seconds * 1_000;
      if (!stalled && waiting <= most) continue;
      return {
        code: stalled ? 'consumer_stalled' : 'consumer_behind',
        reason: `${waiting} messages wait for the consumer ${consumer.name}.`,
        remedy:
          'Look for its failures in the logs of all nodes, at the dead letters, and start more nodes if it is busy.',
      };
    }
    return undefined;
  };
}

function diskCheck({ configuration }: HealthParts, directory: string): HealthCheck['look'] {
  const least = configuration.node.DEGRADED_FREE_DISK_MB;
  return async () => {
    const { bavail, bsize } = await statfs(directory);
    const free = mib(bavail * bsize);
    if (free >= least) return undefined;
    return {
      code: 'disk_nearly_full',
      reason: `${free} MiB are free at ${directory}.`,
      remedy: 'Free space on that disk. When it is full, nothing can be written.',
    };
  };
}

function mib(bytes: number): number {
  return Math.floor(bytes / MIB);
}
