// Signing in with a provider: what controllers and bus handlers call. Implemented by the use cases and, where the module does
// not run, by a client over the bus.
import type { CallContext, PublicContext } from '@mono/contract';
import type {
  FinishSignIn,
  Identity,
  IdentityPage,
  LinkIdentity,
  ProviderList,
  StartedSignIn,
  StartSignIn,
} from './identities.js';
import type { ProviderReturn } from './identities-requests.js';
import type { Tokens } from './users.js';

/** Every method throws DomainError with the codes of ./identities-errors.ts, and `unavailable` where a provider is away. */
export abstract class IdentitiesApi {
  abstract findProviders(): Promise<ProviderList>;
  /** @throws `provider_not_found`, `rate_limited`, `validation_error` for a `return_url` that is not allowed. */
  abstract start(caller: PublicContext, provider: string, input: StartSignIn): Promise<StartedSignIn>;
  /**
   * The browser comes back from the provider.
   * @param query of the URL, as it came, without `?`.
   * @returns where the browser goes, or what a page shows; nothing is thrown that the provider or the person has caused.
   */
  abstract comeBack(caller: PublicContext, provider: string, query: string): Promise<ProviderReturn>;
  /** @throws `sign_in_invalid`, `provider_email_not_verified`, `sign_up_disabled`, `link_required`. */
  abstract finish(caller: PublicContext, provider: string, input: FinishSignIn): Promise<Tokens>;
  /** @throws `fresh_sign_in_required`, `sign_in_invalid`, `provider_email_not_verified`, `identity_email_differs`, `identity_taken`. */
  abstract link(context: CallContext, input: LinkIdentity): Promise<Identity>;
  abstract findIdentities(context: CallContext): Promise<IdentityPage>;
  /** Ends all other sessions. @throws `identity_not_found`, `last_way_to_sign_in`. */
  abstract unlink(context: CallContext, id: string): Promise<void>;
}
