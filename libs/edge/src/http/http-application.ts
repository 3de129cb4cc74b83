// One way to make an HTTP application of a root module: conventions, authentication, validation, errors. Used by the
// server's edge and by tests, so that a test sees what a client sees.
import fastifyCors, { type FastifyCorsOptions } from '@fastify/cors';
import { Catch, type ArgumentsHost, type ExceptionFilter, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { InputPipe } from './input-pipe.js';
import type { RequestLimits } from '../rate-limits/request-limits.js';
import type { Authenticator } from '@mono/platform';
import { compressAnswers } from './compress-answers.js';
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
  /** Called for a request that names the address of its client while no proxy is trusted. */
  onUntrustedForwarding?: ((peer: string) => void) | undefined;
  /** The origins whose pages may call, `*` for all. Default none. */
  corsOrigins?: readonly string[] | undefined;
  /** Whether answers are compressed. Default true. */
  compress?: boolean | undefined;
  /** Further hooks and routes; the hooks come before those of the edge. */
  prepare?: (server: FastifyInstance) => void;
}

const PREFLIGHT_SECONDS = 600;
/** Headers of an answer that a page may read. */
const EXPOSED_HEADERS = [
  'ETag',
  'Idempotent-Replayed',
  'Location',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'X-Request-ID',
];

type RootModule = Parameters<typeof NestFactory.create>[0];

/** The application, not listening yet. */
export async function createHttpApplication(
  rootModule: RootModule,
  options: HttpApplicationOptions,
): Promise<NestFastifyApplication> {
  const {
    authenticator,
    errors,
    logger,
    limits,
    trustProxy = [],
    corsOrigins = [],
    compress = true,
    prepare,
  } = options;
  const adapter = new EdgeAdapter(errors, trustProxy);
  const server = adapter.getInstance<FastifyInstance>();
  // Before all other hooks: a page is to read refusals, too.
  if (corsOrigins.length > 0) await server.register(fastifyCors, corsOptions(corsOrigins));
  if (options.onUntrustedForwarding && trustProxy.length === 0) watchForwarding(server, options.onUntrustedForwarding);
  if (compress) compressAnswers(server);
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

function watchForwarding(server: FastifyInstance, onUntrustedForwarding: (peer: string) => void): void {
  server.addHook('onRequest', ({ headers, ip }, _reply, done) => {
    if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) onUntrustedForwarding(ip);
    done();
  });
}

/** Credentials go by the header `Authorization`, which a page has to set itself: there are no cookies to be stolen. */
function corsOptions(origins: readonly string[]): FastifyCorsOptions {
  return {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [...EXPOSED_HEADERS],
    maxAge: PREFLIGHT_SECONDS,
  };
}

@Catch()
class EveryError implements ExceptionFilter {
  constructor(private readonly reporting: ErrorReporting) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendError(this.reporting, error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
