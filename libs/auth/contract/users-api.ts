// What people do about themselves: what controllers and bus handlers call. Implemented by the use cases and, where the
// module does not run, by a client over the bus.
import type { CallContext, Principal, PublicContext } from '@mono/contract';
import type { Contact, EmailLink, JsonWebKeySet } from './users-requests.js';
import type {
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
  UserPatch,
} from './users.js';

/** Every method throws DomainError with the codes of ./users-errors.ts. Those with a CallContext need a signed-in user. */
export abstract class UsersApi {
  /** @throws `sign_up_disabled`; nothing that tells whether there is such an account. */
  abstract signUp(caller: PublicContext, input: SignUp): Promise<void>;
  /** @throws `link_invalid`. */
  abstract verifyEmail(caller: PublicContext, input: LinkToken): Promise<void>;
  abstract resendVerification(caller: PublicContext, input: EmailAddress): Promise<void>;
  /** @throws `invalid_credentials`, `email_not_verified`, `rate_limited`. */
  abstract signIn(caller: PublicContext, input: SignIn): Promise<Tokens>;
  /** @throws `unauthorized`. A token that was used before ends its whole session. */
  abstract refresh(caller: PublicContext, input: RefreshToken): Promise<Tokens>;
  abstract forgotPassword(caller: PublicContext, input: EmailAddress): Promise<void>;
  /** @throws `link_invalid`. */
  abstract resetPassword(caller: PublicContext, input: ResetPassword): Promise<void>;
  /** @throws `link_invalid`. */
  abstract confirmEmailChange(caller: PublicContext, input: LinkToken): Promise<void>;

  abstract signOut(context: CallContext): Promise<void>;
  abstract signOutAll(context: CallContext): Promise<void>;
  /** Ends all other sessions. @throws `wrong_password`, `fresh_sign_in_required`. */
  abstract changePassword(context: CallContext, input: ChangePassword): Promise<void>;
  /** @throws `wrong_password`, `fresh_sign_in_required`. */
  abstract changeEmail(context: CallContext, input: ChangeEmail): Promise<void>;
  abstract getMe(context: CallContext): Promise<User>;
  abstract updateMe(context: CallContext, patch: UserPatch): Promise<User>;
  /** @throws `wrong_password`, `fresh_sign_in_required`, `last_owner`. */
  abstract deleteMe(context: CallContext, input: DeleteMe): Promise<void>;
  abstract findSessions(context: CallContext): Promise<SessionPage>;
  /** @throws `session_not_found`. */
  abstract revokeSession(context: CallContext, id: string): Promise<void>;

  /**
   * Who speaks with this access token.
   * @param workspace `X-Workspace`; without it the first of the user's workspaces is meant.
   * @throws `unauthorized`; `workspace_not_found` for one that the user is not in.
   */
  abstract verifyToken(token: string, workspace: string | undefined): Promise<Principal>;
  /** Whether a token of the session that it names was valid when it was last looked up here. From memory, no proof. */
  abstract recognisesToken(token: string): boolean;
  /** The public keys of access tokens (RFC 7517). */
  abstract jwks(): Promise<JsonWebKeySet>;
  /** For modules: where the mail of a token goes, and its link. @throws `email_token_not_found`. */
  abstract emailLink(tokenId: string): Promise<EmailLink>;
  /** For modules. @throws `user_not_found`. */
  abstract contact(userId: string): Promise<Contact>;
}
