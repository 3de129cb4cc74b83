// What is asked about sign-ins with providers over the bus. Only what a signed-in user may do is open to outside clients.
import { defineRequest, type Contract, type RequestContract } from '@mono/bus';
import { ObjectField, TextField, UuidField } from '@mono/contract';
import { exposed } from '@mono/platform';
import {
  FinishSignIn,
  Identity,
  IdentityPage,
  LinkIdentity,
  ProviderList,
  StartedSignIn,
  StartSignIn,
} from './identities.js';
import { Visit } from './users-requests.js';
import { Tokens } from './users.js';

const module = 'auth';
/** A provider may take its time, up to its own limit. */
const TIMEOUT_MS = 20_000;
/** Of the URL with which a provider sends the browser back. Its head may have 16 KiB. */
const MAX_QUERY_CHARACTERS = 16_384;
const MAX_PROVIDER_CHARACTERS = 2_048;

/** From where a route of a provider was called. */
export class ProviderVisit extends Visit {
  @TextField({ description: 'The provider’s id, as sent.', max: MAX_PROVIDER_CHARACTERS })
  provider: string;
}

const input = { description: 'What was sent.' };

export class StartVisit extends ProviderVisit {
  @ObjectField(() => StartSignIn, input)
  input: StartSignIn;
}

export class ComeBackVisit extends ProviderVisit {
  @TextField({ description: 'The query, as it came.', max: MAX_QUERY_CHARACTERS })
  input: string;
}

export class FinishVisit extends ProviderVisit {
  @ObjectField(() => FinishSignIn, input)
  input: FinishSignIn;
}

/** How a sign-in goes on in the browser: one of the three. */
export class ProviderReturn {
  /** Where the browser goes. */
  location: string | null;
  /** What a page shows, where the application has named no URL to return to. */
  code: string | null;
  /** What went wrong, where there is no URL to return to: a code of OAuth 2, or one of RETURN_ERRORS. */
  error: string | null;
}

/** What else than a provider's own error the browser may bring back. */
export const RETURN_ERRORS = ['sign_in_invalid', 'provider_refused', 'unavailable'] as const;
export type ReturnError = (typeof RETURN_ERRORS)[number];

export class IdentityId {
  @UuidField({ description: 'The identity.' })
  id: string;
}

type Shape<Request, Reply> = { name: string; request?: new () => Request; reply?: new () => Reply };

/** For nodes only: nobody has proven who calls. */
function visits<Request, Reply>(shape: Shape<Request, Reply>): RequestContract<Request, Reply> {
  return defineRequest({ module, ...shape, internal: true, route: 'local-first', timeoutMs: TIMEOUT_MS });
}

function changes<Request, Reply = void>(shape: Shape<Request, Reply>): RequestContract<Request, Reply> {
  return defineRequest({ module, ...shape, ...exposed({ scope: null, user: true }), timeoutMs: TIMEOUT_MS });
}

export const identitiesRequests = {
  findProviders: defineRequest({
    module,
    name: 'find_providers',
    reply: ProviderList,
    internal: true,
    idempotent: true,
  }),
  start: visits({ name: 'start_provider_sign_in', request: StartVisit, reply: StartedSignIn }),
  comeBack: visits({ name: 'return_from_provider', request: ComeBackVisit, reply: ProviderReturn }),
  finish: visits({ name: 'finish_provider_sign_in', request: FinishVisit, reply: Tokens }),
  link: changes({ name: 'link_identity', request: LinkIdentity, reply: Identity }),
  findIdentities: defineRequest({
    module,
    name: 'find_identities',
    reply: IdentityPage,
    ...exposed({ scope: null, user: true }),
    idempotent: true,
  }),
  unlink: changes<IdentityId>({ name: 'unlink_identity', request: IdentityId }),
} as const;

export const identitiesContracts: readonly Contract[] = Object.values(identitiesRequests);
