// Controllers behind the real edge, on a port of their own: what a test sees through HTTP is what a client sees.
import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { type Principal, DomainError } from '@mono/contract';
import { Authenticator, type Credentials, type Standing } from '@mono/platform';
import { TEST_PRINCIPAL } from '@mono/platform/testing';
import { createHttpApplication } from '../http/http-application.js';
import type { RequestLimits } from '../rate-limits/request-limits.js';

/** The credential that the test's authenticator knows. */
export const TEST_CREDENTIAL = 'Bearer test';

export interface TestApplicationOptions {
  controllers: Type[];
  providers?: Provider[];
  /** The caller with TEST_CREDENTIAL. */
  principal?: Principal;
  showCauses?: boolean;
  limits?: RequestLimits;
  trustProxy?: readonly string[];
  onUntrustedForwarding?: (peer: string) => void;
  compress?: boolean;
  prepare?: (server: FastifyInstance) => void;
}

export interface TestApplication {
  /** Such as http://127.0.0.1:40001. */
  url: string;
  /** Errors that the edge logged as the server's own fault, oldest first. */
  failures: unknown[];
  close(): Promise<void>;
}

export async function startTestApplication(options: TestApplicationOptions): Promise<TestApplication> {
  const { controllers, providers = [], principal = TEST_PRINCIPAL, showCauses = false, limits, prepare } = options;
  const { trustProxy, onUntrustedForwarding, compress } = options;
  const failures: unknown[] = [];
  const root: DynamicModule = { module: TestRoot, controllers, providers };
  const application = await createHttpApplication(root, {
    authenticator: new OneCredential(principal),
    logger: false,
    limits,
    trustProxy,
    onUntrustedForwarding,
    compress,
    errors: { showCauses, log: (error) => failures.push(error) },
    ...(prepare ? { prepare } : {}),
  });
  await application.listen(0, '127.0.0.1');
  return { url: await application.getUrl(), failures, close: () => application.close() };
}

@Module({})
class TestRoot {}

class OneCredential extends Authenticator {
  constructor(private readonly principal: Principal) {
    super();
  }

  standingOf({ authorization }: Credentials): Standing {
    return authorization === TEST_CREDENTIAL ? 'known' : 'malformed';
  }

  authenticate({ authorization }: Credentials): Promise<Principal> {
    return authorization === TEST_CREDENTIAL
      ? Promise.resolve(this.principal)
      : Promise.reject(new DomainError('unauthorized', 'unauthorized', 'A credential is needed.'));
  }
}
