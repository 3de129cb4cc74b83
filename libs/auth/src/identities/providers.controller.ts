// The way to a provider and back, tied together by `state`, `nonce` and PKCE.
import { Controller, Inject } from '@nestjs/common';
import { UnavailableError, type InputOf, type PublicContext } from '@mono/contract';
import { Database, Operation, PublicUrl } from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';
import { uuidv7 } from 'uuidv7';
import {
  CALLBACK_PATH,
  identitiesOperations,
  type ProviderList,
  type ProviderReturn,
  type ReturnError,
  type StartedSignIn,
} from '../../contract/index.js';
import { authConfig, type AuthConfig } from '../auth.config.js';
import {
  claimReturn,
  deleteFlow,
  insertFlow,
  setProven,
  type Proven,
  type ReturnedFlow,
} from '../persistence/sign-in-flows.js';
import { SecretKeys } from '../secrets/secret-keys.js';
import { SignInThrottle } from '../users/sign-in-throttle.js';
import { requireReturnUrl, returnUrlWith } from './return-urls.js';
import { hashOf, makeSecret } from './secrets-of-flow.js';
import { ProviderRefusal, type SignInProvider } from './sign-in-provider.js';
import { SignInProviders } from './sign-in-providers.js';

/** For the person at the provider. */
const VISIT_SECONDS = 10 * 60;
/** For the application to send the code. */
const CODE_SECONDS = 2 * 60;

@Controller()
export class ProvidersController {
  constructor(
    private readonly database: Database,
    private readonly providers: SignInProviders,
    private readonly secrets: SecretKeys,
    private readonly throttle: SignInThrottle,
    private readonly publicUrl: PublicUrl,
    private readonly logger: PinoLogger,
    @Inject(authConfig.KEY) private readonly config: AuthConfig,
  ) {}

  @Operation(identitiesOperations.findProviders)
  findProviders(): ProviderList {
    return { items: this.providers.all().map(({ id, name }) => ({ id, name })) };
  }

  /** Asks the provider before it writes, so that an unavailable one leaves nothing behind. */
  @Operation(identitiesOperations.startProviderSignIn)
  async startProviderSignIn(
    { provider: id, return_url }: InputOf<typeof identitiesOperations.startProviderSignIn>,
    caller: PublicContext,
  ): Promise<StartedSignIn> {
    const provider = this.providers.require(id);
    requireReturnUrl(this.config.SIGN_IN_RETURN_URLS ?? [], return_url);
    await this.throttle.attemptVisit(caller.address);
    const checks = { state: makeSecret(), nonce: makeSecret(), verifier: makeSecret() };
    const authorization_url = await provider.authorizationUrl(checks, this.redirectUriOf(id));
    const flow = makeSecret();
    const flowId = uuidv7();
    await insertFlow(this.database, {
      id: flowId,
      provider: id,
      flowHash: hashOf(flow),
      stateHash: hashOf(checks.state),
      nonce: checks.nonce,
      verifier: this.secrets.seal('sign-in flow', flowId, Buffer.from(checks.verifier)),
      returnUrl: return_url,
      lifetimeSeconds: VISIT_SECONDS,
    });
    return { authorization_url, flow, expires_in: VISIT_SECONDS };
  }

  /** `state` works once: it is used up before the provider is asked. */
  @Operation(identitiesOperations.returnFromProvider)
  async returnFromProvider({
    provider: id,
    input,
  }: InputOf<typeof identitiesOperations.returnFromProvider>): Promise<ProviderReturn> {
    const query = new URLSearchParams(input);
    const provider = this.providers.find(id);
    const state = query.get('state');
    const flow = provider && state && (await claimReturn(this.database, id, hashOf(state)));
    // Only the flow knows where to return to: the URL is not asked.
    if (!provider || !state || !flow) return returned(null, { error: 'sign_in_invalid' });
    try {
      const proven = await this.exchange(provider, query, state, flow);
      const code = makeSecret();
      const kept = await setProven(this.database, flow.id, proven, {
        hash: hashOf(code),
        lifetimeSeconds: CODE_SECONDS,
      });
      return returned(flow.return_url, kept ? { code } : { error: 'sign_in_invalid' });
    } catch (error) {
      await deleteFlow(this.database, flow.id);
      return returned(flow.return_url, { error: this.codeOf(error, id) });
    }
  }

  private async exchange(
    provider: SignInProvider,
    query: URLSearchParams,
    state: string,
    { id, nonce, verifier: sealed }: ReturnedFlow,
  ): Promise<Proven> {
    const verifier = this.secrets.open('sign-in flow', id, sealed)?.toString();
    // Sealed with a SECRET_KEY that is no longer configured.
    if (verifier === undefined) throw new ProviderRefusal('sign_in_invalid');
    return provider.exchange(query, { state, nonce, verifier }, this.redirectUriOf(provider.id));
  }

  /** The log has the provider's reasons; the person gets a code. */
  private codeOf(error: unknown, provider: string): string {
    if (error instanceof UnavailableError) {
      this.logger.warn({ provider, reason: reasonOf(error) }, 'Sign-in provider is unavailable');
      return 'unavailable' satisfies ReturnError;
    }
    if (!(error instanceof ProviderRefusal)) throw error;
    this.logger.warn(
      { provider, code: error.code, reason: reasonOf(error) },
      'Sign-in provider did not confirm a sign-in',
    );
    return error.code;
  }

  /** One for each provider, so that the answer of one cannot pass for another's (RFC 9700, section 4.4.2). */
  private redirectUriOf(id: string): string {
    return new URL(`${this.publicUrl.get()}${CALLBACK_PATH}/${id}`).href;
  }
}

function returned(url: string | null, what: { code: string } | { error: string }): ProviderReturn {
  const { code = null, error = null } = what as { code?: string; error?: string };
  if (url === null) return { location: null, code, error };
  const location = code === null ? returnUrlWith(url, 'error', error ?? '') : returnUrlWith(url, 'sign_in_code', code);
  return { location, code: null, error: null };
}

/** The messages of the causes, with OAuth's error codes. Errors of openid-client also hold requests and tokens, which must not be logged. */
function reasonOf(error: Error): string {
  const reasons: string[] = [];
  for (let inner: unknown = error.cause; inner instanceof Error && reasons.length < 4; inner = inner.cause) {
    const { error } = inner as { error?: unknown };
    reasons.push(typeof error === 'string' ? `${inner.message} (${error})` : inner.message);
  }
  return reasons.join(': ') || error.message;
}
