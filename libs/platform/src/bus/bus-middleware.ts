// The middleware of every node for calls and events on the bus: logs and metrics.
import type { BusContext, Middleware } from '@mono/bus';
import type { Principal } from '@mono/contract';
import { actingFor, shareKeyOf } from '../database/acting-workspace.js';
import { callerFacts } from '../logging/caller-facts.js';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from '../metrics/metrics.js';

/** Logs a line per handled call, like the HTTP edge per request. */
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
  // Without a reader, no line is composed.
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

/** Counts a call's statements for its workspace. Events and calls of modules count for the installation. */
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
