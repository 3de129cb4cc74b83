// What people do about themselves, where the module does not run: each method is its request.
import type { Bus, CallOptions } from '@mono/bus';
import { callOptionsOf, type CallContext, type Principal, type PublicContext } from '@mono/contract';
import type { RememberedUsers } from './remembered-users.js';
import { UsersApi } from './users-api.js';
import { usersRequests, visitOf, type Contact, type EmailLink, type JsonWebKeySet } from './users-requests.js';
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

/** Of `X-Workspace`; what is longer is no id. */
const MAX_WORKSPACE_CHARACTERS = 64;

export class UsersBusClient extends UsersApi {
  constructor(
    private readonly bus: Bus,
    private readonly remembered: RememberedUsers,
  ) {
    super();
  }

  signUp(caller: PublicContext, input: SignUp): Promise<void> {
    return this.bus.request(usersRequests.signUp, visitOf(caller, input), optionsOf(caller));
  }

  verifyEmail(caller: PublicContext, input: LinkToken): Promise<void> {
    return this.bus.request(usersRequests.verifyEmail, visitOf(caller, input), optionsOf(caller));
  }

  resendVerification(caller: PublicContext, input: EmailAddress): Promise<void> {
    return this.bus.request(usersRequests.resendVerification, visitOf(caller, input), optionsOf(caller));
  }

  signIn(caller: PublicContext, input: SignIn): Promise<Tokens> {
    return this.bus.request(usersRequests.signIn, visitOf(caller, input), optionsOf(caller));
  }

  refresh(caller: PublicContext, input: RefreshToken): Promise<Tokens> {
    return this.bus.request(usersRequests.refresh, visitOf(caller, input), optionsOf(caller));
  }

  forgotPassword(caller: PublicContext, input: EmailAddress): Promise<void> {
    return this.bus.request(usersRequests.forgotPassword, visitOf(caller, input), optionsOf(caller));
  }

  resetPassword(caller: PublicContext, input: ResetPassword): Promise<void> {
    return this.bus.request(usersRequests.resetPassword, visitOf(caller, input), optionsOf(caller));
  }

  confirmEmailChange(caller: PublicContext, input: LinkToken): Promise<void> {
    return this.bus.request(usersRequests.confirmEmailChange, visitOf(caller, input), optionsOf(caller));
  }

  signOut(context: CallContext): Promise<void> {
    return this.bus.request(usersRequests.signOut, undefined, callOptionsOf(context));
  }

  signOutAll(context: CallContext): Promise<void> {
    return this.bus.request(usersRequests.signOutAll, undefined, callOptionsOf(context));
  }

  changePassword(context: CallContext, input: ChangePassword): Promise<void> {
    return this.bus.request(usersRequests.changePassword, input, callOptionsOf(context));
  }

  changeEmail(context: CallContext, input: ChangeEmail): Promise<void> {
    return this.bus.request(usersRequests.changeEmail, input, callOptionsOf(context));
  }

  getMe(context: CallContext): Promise<User> {
    return this.bus.request(usersRequests.getMe, undefined, callOptionsOf(context));
  }

  updateMe(context: CallContext, patch: UserPatch): Promise<User> {
    return this.bus.request(usersRequests.updateMe, { patch }, callOptionsOf(context));
  }

  deleteMe(context: CallContext, input: DeleteMe): Promise<void> {
    return this.bus.request(usersRequests.deleteMe, input, callOptionsOf(context));
  }

  findSessions(context: CallContext): Promise<SessionPage> {
    return this.bus.request(usersRequests.findSessions, undefined, callOptionsOf(context));
  }

  revokeSession(context: CallContext, id: string): Promise<void> {
    return this.bus.request(usersRequests.revokeSession, { id }, callOptionsOf(context));
  }

  async verifyToken(token: string, workspace: string | undefined): Promise<Principal> {
    const named = workspace === undefined ? {} : { workspace: workspace.slice(0, MAX_WORKSPACE_CHARACTERS) };
    return (
      this.remembered.recall(token, workspace) ??
      this.remembered.learn(token, workspace, () => this.bus.request(usersRequests.verifyToken, { token, ...named }))
    );
  }

  recognisesToken(token: string): boolean {
    return this.remembered.recognises(token);
  }

  jwks(): Promise<JsonWebKeySet> {
    return this.bus.request(usersRequests.jwks, undefined);
  }

  emailLink(tokenId: string): Promise<EmailLink> {
    return this.bus.request(usersRequests.emailLink, { token_id: tokenId });
  }

  contact(userId: string): Promise<Contact> {
    return this.bus.request(usersRequests.contact, { user_id: userId });
  }
}

function optionsOf({ requestId }: PublicContext): CallOptions {
  return { requestId };
}
