// Checks and tools that come before a node starts: readable files, a logger, traces.
import { accessSync, constants } from 'node:fs';
import { StartUpError, startTracing, traceFacts, type Logger, type LoggerOptions, type Tracing } from '@mono/platform';
import { isTraced, type Configuration } from '../configuration.js';

/** Reports a missing file at once instead of by a connection that is never made. @throws StartUpError */
export function requireFiles({ bus, jobs }: Configuration): void {
  for (const [name, file] of Object.entries({ ...bus, ...jobs })) {
    if (!name.endsWith('_FILE') || typeof file !== 'string') continue;
    try {
      accessSync(file, constants.R_OK);
    } catch (cause) {
      throw new StartUpError(
        `${name} names a file that cannot be read: ${file}.`,
        'Correct the path or its permissions.',
        {
          cause,
        },
      );
    }
  }
}

export async function traceIfAsked({ tracing }: Configuration, logger: Logger): Promise<Tracing | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, TRACE_SAMPLE_PERCENT: samplePercent } = tracing;
  if (endpoint === undefined) return undefined;
  return startTracing({ endpoint, samplePercent, instance: `node-${process.pid}`, logger });
}

export function logOptions(configuration: Configuration): LoggerOptions {
  const { node, logging } = configuration;
  const people = node.APP_ENV === 'dev';
  return {
    level: logging.LOG_LEVEL ?? (people ? 'debug' : 'info'),
    format: logging.LOG_FORMAT ?? (people ? 'pretty' : 'json'),
    facts: isTraced(configuration) ? traceFacts : undefined,
  };
}
