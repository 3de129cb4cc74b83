import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import type { Principal } from '@mono/contract';
import { callContextOf } from '@mono/platform';
import {
  UsersApi,
  usersRequests,
  type ChangeEmail,
  type ChangePassword,
  type Contact,
  type DeleteMe,
  type EmailLink,
  type EmailTokenId,
  type EmailVisit,
  type JsonWebKeySet,
  type LinkVisit,
  type RefreshVisit,
  type ResetPasswordVisit,
  type SessionId,
  type SessionPage,
  type SignInVisit,
  type SignUpVisit,
  type Tokens,
  type UpdateMe,
  type User,
  type UserId,
  type VerifyTokenRequest,
} from '../../contract/index.js';
import { VerifyAccessToken } from '../access/verify-access-token.js';
import { callerOf } from './caller-of.js';

@Controller()
export class UsersHandlers {
  constructor(
    @Inject(UsersApi) private readonly users: UsersApi,
    private readonly verifier: VerifyAccessToken,
  ) {}

  @RequestHandler(usersRequests.signUp)
  signUp(visit: SignUpVisit, context: BusContext): Promise<void> {
    return this.users.signUp(callerOf(visit, context), visit.input);
  }

  @RequestHandler(usersRequests.verifyEmail)
  verifyEmail(visit: LinkVisit, context: BusContext): Promise<void> {
    return this.users.verifyEmail(callerOf(visit, context), visit.input);
  }

  @RequestHandler(usersRequests.resendVerification)
  resendVerification(visit: EmailVisit, context: BusContext): Promise<void> {
    return this.users.resendVerification(callerOf(visit, context), visit.input);
  }

  @RequestHandler(usersRequests.signIn)
  signIn(visit: SignInVisit, context: BusContext): Promise<Tokens> {
    return this.users.signIn(callerOf(visit, context), visit.input);
  }

  @RequestHandler(usersRequests.refresh)
  refresh(visit: RefreshVisit, context: BusContext): Promise<Tokens> {
    return this.users.refresh(callerOf(visit, context), visit.input);
  }

  @RequestHandler(usersRequests.forgotPassword)
  forgotPassword(visit: EmailVisit, context: BusContext): Promise<void> {
    return this.users.forgotPassword(callerOf(visit, context), visit.input);
  }

  @RequestHandler(usersRequests.resetPassword)
  resetPassword(visit: ResetPasswordVisit, context: BusContext): Promise<void> {
    return this.users.resetPassword(callerOf(visit, context), visit.input);
  }

  @RequestHandler(usersRequests.confirmEmailChange)
  confirmEmailChange(visit: LinkVisit, context: BusContext): Promise<void> {
    return this.users.confirmEmailChange(callerOf(visit, context), visit.input);
  }

  @RequestHandler(usersRequests.signOut)
  signOut(_input: undefined, context: BusContext): Promise<void> {
    return this.users.signOut(callContextOf(context));
  }

  @RequestHandler(usersRequests.signOutAll)
  signOutAll(_input: undefined, context: BusContext): Promise<void> {
    return this.users.signOutAll(callContextOf(context));
  }

  @RequestHandler(usersRequests.changePassword)
  changePassword(input: ChangePassword, context: BusContext): Promise<void> {
    return this.users.changePassword(callContextOf(context), input);
  }

  @RequestHandler(usersRequests.changeEmail)
  changeEmail(input: ChangeEmail, context: BusContext): Promise<void> {
    return this.users.changeEmail(callContextOf(context), input);
  }

  @RequestHandler(usersRequests.getMe)
  getMe(_input: undefined, context: BusContext): Promise<User> {
    return this.users.getMe(callContextOf(context));
  }

  @RequestHandler(usersRequests.updateMe)
  updateMe({ patch }: UpdateMe, context: BusContext): Promise<User> {
    return this.users.updateMe(callContextOf(context), patch);
  }

  @RequestHandler(usersRequests.deleteMe)
  deleteMe(input: DeleteMe, context: BusContext): Promise<void> {
    return this.users.deleteMe(callContextOf(context), input);
  }

  @RequestHandler(usersRequests.findSessions)
  findSessions(_input: undefined, context: BusContext): Promise<SessionPage> {
    return this.users.findSessions(callContextOf(context));
  }

  @RequestHandler(usersRequests.revokeSession)
  revokeSession({ id }: SessionId, context: BusContext): Promise<void> {
    return this.users.revokeSession(callContextOf(context), id);
  }

  @RequestHandler(usersRequests.verifyToken)
  verifyToken({ token, workspace }: VerifyTokenRequest): Promise<Principal> {
    return this.verifier.lookUp(token, workspace);
  }

  @RequestHandler(usersRequests.jwks)
  jwks(): Promise<JsonWebKeySet> {
    return this.users.jwks();
  }

  @RequestHandler(usersRequests.emailLink)
  emailLink({ token_id }: EmailTokenId): Promise<EmailLink> {
    return this.users.emailLink(token_id);
  }

  @RequestHandler(usersRequests.contact)
  contact({ user_id }: UserId): Promise<Contact> {
    return this.users.contact(user_id);
  }
}
