// What every node does around calls and events on the bus: a line in the log, a measurement.
import type { BusContext, Middleware } from '@mono/bus';
import type { Principal } from '@mono/contract';
import { actingFor, shareKeyOf } from '../database/acting-workspace.js';
import { callerFacts } from '../logging/caller-facts.js';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from '../metrics/metrics.js';

/** A line per call that is handled, as the HTTP edge has one per request. */
export function busLogging(logger: Logger): Middleware {
  const line = (kind: string, context: BusContext, error: Error | undefined, ms: number): void => {
    const facts = {
      subject: context.subject,
      request_id: context.requestId,
      ms: Math.round(ms * 100) / 100,
      ...callerFacts(context.principal),
      ...(error && { error: (error as { code?: unknown }).code ?? error.name }),
    };
    logger.debug(facts, kind);
  };
  const name = 'access log';
  // Without readers, nothing is put together.
  if (!logger.isLevelEnabled('debug')) return { name };
  return {
    name,
    requestIn: (context) => (error, ms) => line('bus request', context, error, ms),
    eventIn: (context) => (error, ms) => line('bus event', context, error, ms),
  };
}

export function busMetrics(metrics: Metrics): Middleware {
  return {
    name: 'metrics',
    requestIn: ({ contract }) => metrics.busObserver('request', contract.subject),
    eventIn: ({ contract }) => metrics.busObserver('event', contract.subject),
  };
}

/** Counts a call's statements for the workspace that it acts in; events, and calls of modules, are the installation's own work. */
export function busShares(): Middleware {
  return {
    name: 'shares',
    within: ({ principal }, work) => {
      const { workspaceId, id } = (principal ?? {}) as Partial<Principal>;
      return actingFor(
        workspaceId === undefined || id === undefined ? undefined : shareKeyOf({ workspaceId, id }),
        work,
      );
    },
  };
}
