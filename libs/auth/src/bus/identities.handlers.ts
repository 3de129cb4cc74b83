import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf } from '@mono/platform';
import {
  IdentitiesApi,
  identitiesRequests,
  type ComeBackVisit,
  type FinishVisit,
  type Identity,
  type IdentityId,
  type IdentityPage,
  type LinkIdentity,
  type ProviderList,
  type ProviderReturn,
  type StartedSignIn,
  type StartVisit,
  type Tokens,
} from '../../contract/index.js';
import { callerOf } from './caller-of.js';

@Controller()
export class IdentitiesHandlers {
  constructor(@Inject(IdentitiesApi) private readonly identities: IdentitiesApi) {}

  @RequestHandler(identitiesRequests.findProviders)
  findProviders(): Promise<ProviderList> {
    return this.identities.findProviders();
  }

  @RequestHandler(identitiesRequests.start)
  start(visit: StartVisit, context: BusContext): Promise<StartedSignIn> {
    return this.identities.start(callerOf(visit, context), visit.provider, visit.input);
  }

  @RequestHandler(identitiesRequests.comeBack)
  comeBack(visit: ComeBackVisit, context: BusContext): Promise<ProviderReturn> {
    return this.identities.comeBack(callerOf(visit, context), visit.provider, visit.input);
  }

  @RequestHandler(identitiesRequests.finish)
  finish(visit: FinishVisit, context: BusContext): Promise<Tokens> {
    return this.identities.finish(callerOf(visit, context), visit.provider, visit.input);
  }

  @RequestHandler(identitiesRequests.link)
  link(input: LinkIdentity, context: BusContext): Promise<Identity> {
    return this.identities.link(callContextOf(context), input);
  }

  @RequestHandler(identitiesRequests.findIdentities)
  findIdentities(_input: undefined, context: BusContext): Promise<IdentityPage> {
    return this.identities.findIdentities(callContextOf(context));
  }

  @RequestHandler(identitiesRequests.unlink)
  unlink({ id }: IdentityId, context: BusContext): Promise<void> {
    return this.identities.unlink(callContextOf(context), id);
  }
}
