// Signing in with a provider, where the module does not run: each method is its request.
import type { Bus } from '@mono/bus';
import { callOptionsOf, type CallContext, type PublicContext } from '@mono/contract';
import { IdentitiesApi } from './identities-api.js';
import { identitiesRequests, type ProviderReturn, type ProviderVisit } from './identities-requests.js';
import type {
  FinishSignIn,
  Identity,
  IdentityPage,
  LinkIdentity,
  ProviderList,
  StartedSignIn,
  StartSignIn,
} from './identities.js';
import { visitOf } from './users-requests.js';
import type { Tokens } from './users.js';

export class IdentitiesBusClient extends IdentitiesApi {
  constructor(private readonly bus: Bus) {
    super();
  }

  findProviders(): Promise<ProviderList> {
    return this.bus.request(identitiesRequests.findProviders, undefined);
  }

  start(caller: PublicContext, provider: string, input: StartSignIn): Promise<StartedSignIn> {
    const { requestId } = caller;
    return this.bus.request(identitiesRequests.start, visitTo(provider, caller, input), { requestId });
  }

  comeBack(caller: PublicContext, provider: string, query: string): Promise<ProviderReturn> {
    const { requestId } = caller;
    return this.bus.request(identitiesRequests.comeBack, visitTo(provider, caller, query), { requestId });
  }

  finish(caller: PublicContext, provider: string, input: FinishSignIn): Promise<Tokens> {
    const { requestId } = caller;
    return this.bus.request(identitiesRequests.finish, visitTo(provider, caller, input), { requestId });
  }

  link(context: CallContext, input: LinkIdentity): Promise<Identity> {
    return this.bus.request(identitiesRequests.link, input, callOptionsOf(context));
  }

  findIdentities(context: CallContext): Promise<IdentityPage> {
    return this.bus.request(identitiesRequests.findIdentities, undefined, callOptionsOf(context));
  }

  unlink(context: CallContext, id: string): Promise<void> {
    return this.bus.request(identitiesRequests.unlink, { id }, callOptionsOf(context));
  }
}

function visitTo<Input>(provider: string, caller: PublicContext, input: Input): ProviderVisit & { input: Input } {
  return Object.assign(visitOf(caller, input), { provider });
}
