// One way to make an HTTP application of a root module: conventions, authentication, validation, errors. Used by the
// server's edge and by tests, so that a test sees what a client sees.
import { Catch, type ArgumentsHost, type ExceptionFilter, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { InputPipe } from '../validation/validation-pipe.js';
import type { RequestLimits } from '../rate-limits/request-limits.js';
import type { Authenticator } from './authenticator.js';
import { EdgeAdapter } from './edge-adapter.js';
import { sendError, type ErrorReporting } from './error-reply.js';
import { addRequestHooks } from './request-hooks.js';

export interface HttpApplicationOptions {
  authenticator: Authenticator;
  errors: ErrorReporting;
  /** Where Nest's own messages go; false: nowhere. */
  logger: LoggerService | false;
  /** None: callers are not limited. */
  limits?: RequestLimits | undefined;
  /** The proxies whose forwarded address counts, as CIDR ranges. Default none. */
  trustProxy?: readonly string[] | undefined;
  /** Further hooks and routes; the hooks come before those of the edge. */
  prepare?: (server: FastifyInstance) => void;
}

type RootModule = Parameters<typeof NestFactory.create>[0];

/** The application, not listening yet. */
export async function createHttpApplication(
  rootModule: RootModule,
  { authenticator, errors, logger, limits, trustProxy, prepare }: HttpApplicationOptions,
): Promise<NestFastifyApplication> {
  const adapter = new EdgeAdapter(errors, trustProxy);
  const server = adapter.getInstance<FastifyInstance>();
  prepare?.(server);
  addRequestHooks(server, authenticator, limits);
  const application = await NestFactory.create<NestFastifyApplication>(rootModule, adapter, {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  application.useGlobalPipes(new InputPipe());
  application.useGlobalFilters(new EveryError(errors));
  return application;
}

@Catch()
class EveryError implements ExceptionFilter {
  constructor(private readonly reporting: ErrorReporting) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendError(this.reporting, error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
