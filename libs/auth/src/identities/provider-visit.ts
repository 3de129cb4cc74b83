// The way to a provider and back: what is begun here and comes back with a proof, tied together by `state`, `nonce` and PKCE.
import { NotFoundError, UnavailableError, type PublicContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import {
  CALLBACK_PATH,
  type ProviderReturn,
  type ReturnError,
  type StartedSignIn,
  type StartSignIn,
} from '../../contract/index.js';
import {
  claimReturn,
  deleteFlow,
  insertFlow,
  setProven,
  type Proven,
  type ReturnedFlow,
} from '../persistence/sign-in-flows.js';
import type { IdentitiesParts } from './identities-parts.js';
import { requireReturnUrl, returnUrlWith } from './return-urls.js';
import { hashOf, makeSecret } from './secrets-of-flow.js';
import { ProviderRefusal, type SignInProvider } from './sign-in-provider.js';

/** What a person has at the provider. */
const VISIT_SECONDS = 10 * 60;
/** What the application has to send the code. */
const CODE_SECONDS = 2 * 60;
/** Of what a client says that makes no sense. */
const LONGEST_SHOWN = 64;

export class ProviderVisit {
  constructor(private readonly parts: IdentitiesParts) {}

  /** Asks the provider before it writes, so that one that is away leaves nothing behind. */
  async start(caller: PublicContext, id: string, { return_url }: StartSignIn): Promise<StartedSignIn> {
    const { users, secrets, returnUrls } = this.parts;
    const provider = this.requireProvider(id);
    requireReturnUrl(returnUrls, return_url);
    await users.throttle.attemptVisit(caller.address);
    const checks = { state: makeSecret(), nonce: makeSecret(), verifier: makeSecret() };
    const authorization_url = await provider.authorizationUrl(checks, this.redirectUriOf(id));
    const flow = makeSecret();
    const flowId = uuidv7();
    await insertFlow(users.database, {
      id: flowId,
      provider: id,
      flowHash: hashOf(flow),
      stateHash: hashOf(checks.state),
      nonce: checks.nonce,
      verifier: secrets.seal('sign-in flow', flowId, Buffer.from(checks.verifier)),
      returnUrl: return_url,
      lifetimeSeconds: VISIT_SECONDS,
    });
    return { authorization_url, flow, expires_in: VISIT_SECONDS };
  }

  /** The `state` is used up before the provider is asked: who comes twice with it comes too late. */
  async comeBack(id: string, sent: string): Promise<ProviderReturn> {
    const { database } = this.parts.users;
    const query = new URLSearchParams(sent);
    const provider = this.parts.providers.get(id);
    const state = query.get('state');
    const flow = provider && state && (await claimReturn(database, id, hashOf(state)));
    // Nobody knows where to return to: what the URL says of it is not asked.
    if (!provider || !state || !flow) return returned(null, { error: 'sign_in_invalid' });
    try {
      const proven = await this.exchange(provider, query, state, flow);
      const code = makeSecret();
      const kept = await setProven(database, flow.id, proven, { hash: hashOf(code), lifetimeSeconds: CODE_SECONDS });
      return returned(flow.return_url, kept ? { code } : { error: 'sign_in_invalid' });
    } catch (error) {
      await deleteFlow(database, flow.id);
      return returned(flow.return_url, { error: this.codeOf(error, id) });
    }
  }

  /** @throws NotFoundError `provider_not_found`. */
  requireProvider(id: string): SignInProvider {
    const provider = this.parts.providers.get(id);
    if (!provider) throw new NotFoundError('provider', id.slice(0, LONGEST_SHOWN));
    return provider;
  }

  private async exchange(
    provider: SignInProvider,
    query: URLSearchParams,
    state: string,
    { id, nonce, verifier: sealed }: ReturnedFlow,
  ): Promise<Proven> {
    const verifier = this.parts.secrets.open('sign-in flow', id, sealed)?.toString();
    // SECRET_KEY was replaced without naming the former one.
    if (verifier === undefined) throw new ProviderRefusal('sign_in_invalid');
    return provider.exchange(query, { state, nonce, verifier }, this.redirectUriOf(provider.id));
  }

  /** The operator reads what the provider said; the person learns a word of it. */
  private codeOf(error: unknown, provider: string): string {
    if (error instanceof UnavailableError) {
      this.parts.logger.warn({ provider, reason: reasonOf(error) }, 'A provider is away');
      return 'unavailable' satisfies ReturnError;
    }
    if (!(error instanceof ProviderRefusal)) throw error;
    this.parts.logger.warn(
      { provider, code: error.code, reason: reasonOf(error) },
      'A provider did not confirm a sign-in',
    );
    return error.code;
  }

  /** One for each provider, so that no provider's answer can be taken for another's (RFC 9700, section 4.4.2). */
  private redirectUriOf(id: string): string {
    return new URL(`${this.parts.publicUrl()}${CALLBACK_PATH}/${id}`).href;
  }
}

function returned(url: string | null, what: { code: string } | { error: string }): ProviderReturn {
  const { code = null, error = null } = what as { code?: string; error?: string };
  if (url === null) return { location: null, code, error };
  const location = code === null ? returnUrlWith(url, 'error', error ?? '') : returnUrlWith(url, 'sign_in_code', code);
  return { location, code: null, error: null };
}

/** The words of its causes, and OAuth's where the provider has used them, such as `invalid_client`. Errors of openid-client also hold requests and tokens, which no log shall. */
function reasonOf(error: Error): string {
  const reasons: string[] = [];
  for (let inner: unknown = error.cause; inner instanceof Error && reasons.length < 4; inner = inner.cause) {
    const { error } = inner as { error?: unknown };
    reasons.push(typeof error === 'string' ? `${inner.message} (${error})` : inner.message);
  }
  return reasons.join(': ') || error.message;
}
