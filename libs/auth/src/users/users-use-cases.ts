// The module's API about users, by the use cases themselves.
import type { CallContext, Principal, PublicContext } from '@mono/contract';
import {
  UsersApi,
  type ChangeEmail as ChangeEmailInput,
  type ChangePassword as ChangePasswordInput,
  type Contact,
  type DeleteMe,
  type EmailAddress,
  type EmailLink,
  type JsonWebKeySet,
  type LinkToken,
  type RefreshToken,
  type ResetPassword,
  type SessionPage,
  type SignIn as SignInInput,
  type SignUp as SignUpInput,
  type Tokens,
  type User,
  type UserPatch,
} from '../../contract/index.js';
import type { SigningKeys } from '../access/signing-keys.js';
import type { VerifyAccessToken } from '../access/verify-access-token.js';
import { ChangeEmail } from './change-email.js';
import { ChangePassword } from './change-password.js';
import { Me } from './me.js';
import { SignIn } from './sign-in.js';
import { SignUp } from './sign-up.js';
import type { UsersParts } from './users-parts.js';

export class UsersUseCases extends UsersApi {
  private readonly signingUp: SignUp;
  private readonly signingIn: SignIn;
  private readonly password: ChangePassword;
  private readonly email: ChangeEmail;
  private readonly me: Me;

  constructor(
    private readonly parts: UsersParts,
    private readonly keys: Pick<SigningKeys, 'jwks'>,
    private readonly verifier: Pick<VerifyAccessToken, 'verify' | 'recognises'>,
  ) {
    super();
    this.signingUp = new SignUp(parts);
    this.signingIn = new SignIn(parts);
    this.password = new ChangePassword(parts);
    this.email = new ChangeEmail(parts, this.password);
    this.me = new Me(parts, this.password, this.signingIn);
  }

  signUp(caller: PublicContext, input: SignUpInput): Promise<void> {
    return this.signingUp.signUp(caller, input);
  }

  verifyEmail(caller: PublicContext, input: LinkToken): Promise<void> {
    return this.signingUp.verifyEmail(caller, input);
  }

  resendVerification(caller: PublicContext, input: EmailAddress): Promise<void> {
    return this.signingUp.resendVerification(caller, input);
  }

  signIn(caller: PublicContext, input: SignInInput): Promise<Tokens> {
    return this.signingIn.signIn(caller, input);
  }

  refresh(caller: PublicContext, input: RefreshToken): Promise<Tokens> {
    return this.signingIn.refresh(caller, input);
  }

  forgotPassword(caller: PublicContext, input: EmailAddress): Promise<void> {
    return this.password.forgot(caller, input);
  }

  resetPassword(caller: PublicContext, input: ResetPassword): Promise<void> {
    return this.password.reset(caller, input);
  }

  confirmEmailChange(caller: PublicContext, input: LinkToken): Promise<void> {
    return this.email.confirm(caller, input);
  }

  signOut(context: CallContext): Promise<void> {
    return this.signingIn.signOut(context);
  }

  signOutAll(context: CallContext): Promise<void> {
    return this.signingIn.signOutAll(context);
  }

  changePassword(context: CallContext, input: ChangePasswordInput): Promise<void> {
    return this.password.change(context, input);
  }

  changeEmail(context: CallContext, input: ChangeEmailInput): Promise<void> {
    return this.email.request(context, input);
  }

  getMe(context: CallContext): Promise<User> {
    return this.me.get(context);
  }

  updateMe(context: CallContext, patch: UserPatch): Promise<User> {
    return this.me.update(context, patch);
  }

  deleteMe(context: CallContext, input: DeleteMe): Promise<void> {
    return this.me.delete(context, input);
  }

  findSessions(context: CallContext): Promise<SessionPage> {
    return this.me.findSessions(context);
  }

  revokeSession(context: CallContext, id: string): Promise<void> {
    return this.me.revokeSession(context, id);
  }

  recognisesToken(token: string): boolean {
    return this.verifier.recognises(token);
  }

  verifyToken(token: string, workspace: string | undefined): Promise<Principal> {
    return this.verifier.verify(token, workspace);
  }

  jwks(): Promise<JsonWebKeySet> {
    return this.keys.jwks();
  }

  emailLink(tokenId: string): Promise<EmailLink> {
    return this.parts.links.describe(tokenId);
  }

  contact(userId: string): Promise<Contact> {
    return this.parts.links.contact(userId);
  }
}
