// The log context of calls, events, jobs: PinoLogger adds the request id to each line that is logged within.
import type { Middleware } from '@mono/bus';
import { PinoLogger } from 'nestjs-pino';
import type { Logger } from './logger.js';

export class LogContext {
  private readonly log: PinoLogger;

  constructor(logger: Logger) {
    this.log = new PinoLogger({ pinoHttp: { logger } });
  }

  run<T>(requestId: string | undefined, work: () => T): T {
    if (requestId === undefined) return work();
    return this.log.runInContext(work, { bindings: { request_id: requestId } });
  }
}

export function busLogContext(logger: Logger): Middleware {
  const context = new LogContext(logger);
  return { name: 'log context', within: ({ requestId }, work) => context.run(requestId, work) };
}
