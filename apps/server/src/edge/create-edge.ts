// The HTTP edge of a node: conventions, authentication, documentation, health and metrics around the modules' controllers.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AuthApi, UsersApi } from '@mono/auth/contract';
import { BearerAuthenticator } from '@mono/auth/edge';
import { connectBus } from '@mono/bus';
import {
  addOperationalRoutes,
  addTracing,
  Authenticator,
  createHttpApplication,
  nestLogger,
  serveApi,
  type Credentials,
  type Health,
  type Principal,
  type RequestLimits,
} from '@mono/platform';
import { AppModule, type AppParts } from '../app.module.js';
import { isTraced, type Configuration } from '../configuration.js';
import { FEATURES } from '../features.js';
import { serveDocumentation } from './documentation.js';

export interface EdgeParts extends AppParts {
  health: Health;
  /** None: callers are not limited. */
  limits?: RequestLimits | undefined;
}

export async function createEdge(parts: EdgeParts): Promise<NestFastifyApplication> {
  const { configuration, health, limits, metrics, logger } = parts;
  const authenticator = new LateAuthenticator();
  const application = await createHttpApplication(AppModule.forRoot(parts), {
    authenticator,
    limits,
    trustProxy: configuration.node.TRUST_PROXY,
    corsOrigins: configuration.node.CORS_ORIGINS,
    logger: nestLogger(logger),
    errors: {
      showCauses: configuration.node.APP_ENV === 'dev',
      log: (error, request) =>
        logger.error(
          { err: error, request_id: request.id, method: request.method, route: request.route },
          'A request failed',
        ),
    },
    prepare: (server) => {
      if (isTraced(configuration)) addTracing(server);
      addOperationalRoutes(server, { health, metrics, logger, metricsAccess: metricsAccess(configuration) });
    },
  });
  authenticator.inner = new BearerAuthenticator(application.get(AuthApi), application.get(UsersApi));
  serveApi(parts.bus, { contracts: FEATURES.flatMap(({ edge }) => edge.contracts), authenticator, logger, limits });
  connectBus(application, {
    contracts: parts.features.flatMap(({ edge }) => edge.contracts),
    drainMs: (configuration.node.SHUTDOWN_TIMEOUT_SECONDS * 1_000) / 2,
  });
  if (configuration.docs.DOCS_ENABLED) serveDocumentation(application);
  return application;
}

/** The hooks are added before the modules exist. */
class LateAuthenticator extends Authenticator {
  inner: Authenticator | undefined;

  authenticate(credentials: Credentials): Promise<Principal> {
    if (!this.inner) throw new Error('A request came before the edge was ready.');
    return this.inner.authenticate(credentials);
  }
}

function metricsAccess({ node, metrics }: Configuration): 'open' | 'off' | { user: string; password: string } {
  const { METRICS_USER: user, METRICS_PASSWORD: password } = metrics;
  if (user !== undefined && password !== undefined) return { user, password };
  return node.APP_ENV === 'prod' ? 'off' : 'open';
}
