// What is asked about users over the bus. What a signed-in user may do is open to outside clients as well
// (`api.auth.<name>`); what needs no credential, or tells secrets, is asked by nodes and modules only.
import { defineRequest, type Contract, type RequestContract } from '@mono/bus';
import { ObjectField, TextField, UuidField, type Principal, type PublicContext } from '@mono/contract';
import { exposed } from '@mono/platform';
import type { Role } from './roles.js';
import {
  ChangeEmail,
  ChangePassword,
  DeleteMe,
  EmailAddress,
  LinkToken,
  RefreshToken,
  ResetPassword,
  SessionPage,
  SignIn,
  SignUp,
  Tokens,
  User,
  userEntityTag,
  UserPatch,
} from './users.js';

const module = 'auth';
/** A password's hash may wait for others. */
const TIMEOUT_MS = 15_000;
const MAX_TOKEN_CHARACTERS = 4_096;

/** From where a public route was called. */
export class Visit {
  @TextField({ description: 'The client’s IP address.', max: 64 })
  address: string;

  @TextField({ description: '`User-Agent`.', max: 512, optional: true })
  user_agent?: string;
}

export function visitOf<Input>({ address, userAgent }: PublicContext, input: Input): Visit & { input: Input } {
  return { address, ...(userAgent === undefined ? {} : { user_agent: userAgent }), input };
}

const input = { description: 'What was sent.' };

export class SignUpVisit extends Visit {
  @ObjectField(() => SignUp, input)
  input: SignUp;
}
export class SignInVisit extends Visit {
  @ObjectField(() => SignIn, input)
  input: SignIn;
}
export class RefreshVisit extends Visit {
  @ObjectField(() => RefreshToken, input)
  input: RefreshToken;
}
export class EmailVisit extends Visit {
  @ObjectField(() => EmailAddress, input)
  input: EmailAddress;
}
export class LinkVisit extends Visit {
  @ObjectField(() => LinkToken, input)
  input: LinkToken;
}
export class ResetPasswordVisit extends Visit {
  @ObjectField(() => ResetPassword, input)
  input: ResetPassword;
}

export class UpdateMe {
  @ObjectField(() => UserPatch, { description: 'A merge patch.' })
  patch: UserPatch;
}

export class SessionId {
  @UuidField({ description: 'The session.' })
  id: string;
}

export class VerifyTokenRequest {
  @TextField({ description: 'The access token.', max: MAX_TOKEN_CHARACTERS })
  token: string;

  @TextField({ description: '`X-Workspace`, as sent.', max: 64, optional: true })
  workspace?: string;
}

export class TokenPrincipal implements Principal {
  kind: 'api_key' | 'user' | 'system';
  id: string;
  workspaceId: string;
  scopes: readonly string[];
  sessionId?: string;
  role?: string;
}

/** RFC 7517; an Ed25519 key by RFC 8037. */
export class JsonWebKeySet {
  keys: { kty: string; crv: string; x: string; kid: string; alg: string; use: string }[];
}

export class EmailTokenId {
  @UuidField({ description: 'The id in the event.' })
  token_id: string;
}

export class UserId {
  @UuidField({ description: 'The user.' })
  user_id: string;
}

/** Where a mail goes, and how its reader is called. */
export class Contact {
  address: string;
  /** null where the account is gone. */
  name: string | null;
  timezone: string;
}

/** What an invite is to. */
export class Invitation {
  /** The workspace's name. */
  workspace: string;
  /** The name of who has invited, or null where it was no user. */
  invited_by: string | null;
  role: Role;
}

export class EmailLink extends Contact {
  /** null where there is none to follow: used, too old, or a mail that only tells something. */
  url: string | null;
  /** Until when the link leads somewhere (RFC 3339). */
  expires_at?: string;
  /** Of an invite. */
  invite?: Invitation;
}

type Shape<Request, Reply> = { name: string; request?: new () => Request; reply?: new () => Reply };

/** For nodes only: nobody has proven who calls. */
function visits<Request, Reply = void>(shape: Shape<Request, Reply>): RequestContract<Request, Reply> {
  return defineRequest({ module, ...shape, internal: true, route: 'local-first', timeoutMs: TIMEOUT_MS });
}

/** For modules and nodes: what they may know of a user. */
function tells<Request, Reply>(shape: Shape<Request, Reply>): RequestContract<Request, Reply> {
  return defineRequest({ module, ...shape, internal: true, idempotent: true });
}

function reads<Reply>(
  shape: Shape<undefined, Reply>,
  entityTag?: (reply: Reply) => string,
): RequestContract<undefined, Reply> {
  const exposure = exposed({ scope: null, user: true, ...(entityTag && { entityTag }) });
  return defineRequest({ module, ...shape, ...exposure, idempotent: true });
}

function changes<Request = undefined, Reply = void>(
  shape: Shape<Request, Reply>,
  conditions: { guarded?: boolean; entityTag?: (reply: Reply) => string } = {},
): RequestContract<Request, Reply> {
  return defineRequest({
    module,
    ...shape,
    ...exposed({ scope: null, user: true, ...conditions }),
    timeoutMs: TIMEOUT_MS,
  });
}

export const usersRequests = {
  signUp: visits<SignUpVisit>({ name: 'sign_up', request: SignUpVisit }),
  verifyEmail: visits<LinkVisit>({ name: 'verify_email', request: LinkVisit }),
  resendVerification: visits<EmailVisit>({ name: 'resend_verification', request: EmailVisit }),
  signIn: visits({ name: 'sign_in', request: SignInVisit, reply: Tokens }),
  refresh: visits({ name: 'refresh', request: RefreshVisit, reply: Tokens }),
  forgotPassword: visits<EmailVisit>({ name: 'forgot_password', request: EmailVisit }),
  resetPassword: visits<ResetPasswordVisit>({ name: 'reset_password', request: ResetPasswordVisit }),
  confirmEmailChange: visits<LinkVisit>({ name: 'confirm_email_change', request: LinkVisit }),
  signOut: changes({ name: 'sign_out' }),
  signOutAll: changes({ name: 'sign_out_all' }),
  changePassword: changes<ChangePassword>({ name: 'change_password', request: ChangePassword }),
  changeEmail: changes<ChangeEmail>({ name: 'change_email', request: ChangeEmail }),
  getMe: reads({ name: 'get_me', reply: User }, userEntityTag),
  updateMe: changes({ name: 'update_me', request: UpdateMe, reply: User }, { guarded: true, entityTag: userEntityTag }),
  deleteMe: changes<DeleteMe>({ name: 'delete_me', request: DeleteMe }, { guarded: true }),
  findSessions: reads({ name: 'find_sessions', reply: SessionPage }),
  revokeSession: changes<SessionId>({ name: 'revoke_session', request: SessionId }),
  /** In-process wherever auth runs, so that a lost bus does not lock everyone out. */
  verifyToken: defineRequest({
    module,
    name: 'verify_token',
    request: VerifyTokenRequest,
    reply: TokenPrincipal,
    internal: true,
    idempotent: true,
    route: 'local-first',
    timeoutMs: 3_000,
  }),
  jwks: tells<undefined, JsonWebKeySet>({ name: 'jwks', reply: JsonWebKeySet }),
  emailLink: tells({ name: 'email_link', request: EmailTokenId, reply: EmailLink }),
  contact: tells({ name: 'contact', request: UserId, reply: Contact }),
} as const;

export const usersContracts: readonly Contract[] = Object.values(usersRequests);
