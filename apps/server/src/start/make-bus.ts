// The bus of this node, with the host's errors, rules and middleware.
import { Bus, type BusConnection, type DeadLetterSink } from '@mono/bus';
import {
  busInputReader,
  busLogContext,
  busLogging,
  busMetrics,
  busShares,
  busTracing,
  domainErrors,
  type Database,
  type Logger,
  type Metrics,
} from '@mono/platform';
import { isTraced, type Configuration } from '../configuration.js';

export interface BusParts {
  configuration: Configuration;
  connection: BusConnection;
  secrets: readonly string[];
  replicas: number;
  logger: Logger;
  metrics: Metrics;
  deadLetters?: DeadLetterSink;
  databases: Readonly<Record<string, Database>>;
}

export function makeBus(parts: BusParts): Bus {
  const { configuration, connection, secrets, replicas, logger, metrics, deadLetters, databases } = parts;
  return new Bus({
    connection,
    logger,
    secrets,
    replicas,
    retryForMs: configuration.bus.EVENTS_RETRY_MINUTES * 60_000,
    node: `node-${process.pid}`,
    ...(deadLetters && { deadLetters }),
    available: (module) => databases[module]?.query('SELECT 1') ?? Promise.resolve(),
    route: configuration.bus.BUS_ROUTE,
    errors: domainErrors,
    reader: busInputReader,
    // Tracing comes first: what the others do is within its spans.
    middleware: [
      ...(isTraced(configuration) ? [busTracing()] : []),
      busMetrics(metrics),
      busLogging(logger),
      busShares(),
      busLogContext(logger),
    ],
  });
}
