// The module's API about providers, by the use cases themselves.
import type { CallContext, PublicContext } from '@mono/contract';
import {
  IdentitiesApi,
  type FinishSignIn,
  type Identity,
  type IdentityPage,
  type LinkIdentity,
  type ProviderList,
  type ProviderReturn,
  type StartedSignIn,
  type StartSignIn,
  type Tokens,
} from '../../contract/index.js';
import type { IdentitiesParts } from './identities-parts.js';
import { LinkedIdentities } from './linked-identities.js';
import { ProviderSignIn } from './provider-sign-in.js';
import { ProviderVisit } from './provider-visit.js';

export class IdentitiesUseCases extends IdentitiesApi {
  private readonly visit: ProviderVisit;
  private readonly signIn: ProviderSignIn;
  private readonly linked: LinkedIdentities;

  constructor(private readonly parts: IdentitiesParts) {
    super();
    this.visit = new ProviderVisit(parts);
    this.signIn = new ProviderSignIn(parts);
    this.linked = new LinkedIdentities(parts);
  }

  findProviders(): Promise<ProviderList> {
    const items = [...this.parts.providers.values()].map(({ id, name }) => ({ id, name }));
    return Promise.resolve({ items });
  }

  start(caller: PublicContext, provider: string, input: StartSignIn): Promise<StartedSignIn> {
    return this.visit.start(caller, provider, input);
  }

  comeBack(_caller: PublicContext, provider: string, query: string): Promise<ProviderReturn> {
    return this.visit.comeBack(provider, query);
  }

  async finish(caller: PublicContext, provider: string, input: FinishSignIn): Promise<Tokens> {
    this.visit.requireProvider(provider);
    return this.signIn.finish(caller, provider, input);
  }

  link(context: CallContext, input: LinkIdentity): Promise<Identity> {
    return this.linked.link(context, input);
  }

  findIdentities(context: CallContext): Promise<IdentityPage> {
    return this.linked.find(context);
  }

  unlink(context: CallContext, id: string): Promise<void> {
    return this.linked.unlink(context, id);
  }
}
