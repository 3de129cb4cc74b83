// Signing up, in and out; passwords and addresses. An answer with 202 says the same whether there is such an account or not.
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, PublicContext } from '@mono/contract';
import { CallContextParam, Public, PublicContextParam, RequireUser } from '@mono/platform';
import {
  Accepted,
  ChangeEmail,
  ChangePassword,
  EmailAddress,
  LinkToken,
  RefreshToken,
  ResetPassword,
  SignIn,
  SignUp,
  Tokens,
  UsersApi,
} from '../../contract/index.js';
import { ApiErrors } from './users-api-errors.js';

const ACCEPTED: Accepted = { status: 'accepted' };

@ApiTags('auth')
@Controller('v1/auth')
export class AccountsController {
  constructor(@Inject(UsersApi) private readonly users: UsersApi) {}

  @Post('sign-up')
  @HttpCode(202)
  @Public()
  @ApiOperation({
    operationId: 'signUp',
    summary: 'Make an account and a workspace of its own; a link that proves the address is sent by mail',
  })
  @ApiAcceptedResponse({ type: Accepted, description: 'The same whether there was such an account or not.' })
  @ApiErrors('sign_up_disabled')
  async signUp(@PublicContextParam() caller: PublicContext, @Body() input: SignUp): Promise<Accepted> {
    await this.users.signUp(caller, input);
    return ACCEPTED;
  }

  @Post('verify-email')
  @HttpCode(204)
  @Public()
  @ApiOperation({ operationId: 'verifyEmail', summary: 'Prove an address by the token that was sent there' })
  @ApiNoContentResponse({ description: 'The user can sign in.' })
  @ApiErrors('link_invalid')
  verifyEmail(@PublicContextParam() caller: PublicContext, @Body() input: LinkToken): Promise<void> {
    return this.users.verifyEmail(caller, input);
  }

  @Post('resend-verification')
  @HttpCode(202)
  @Public()
  @ApiOperation({ operationId: 'resendVerification', summary: 'Send the link that proves an address again' })
  @ApiAcceptedResponse({ type: Accepted, description: 'The same whether there is such an account or not.' })
  async resendVerification(
    @PublicContextParam() caller: PublicContext,
    @Body() input: EmailAddress,
  ): Promise<Accepted> {
    await this.users.resendVerification(caller, input);
    return ACCEPTED;
  }

  @Post('sign-in')
  @HttpCode(200)
  @Public()
  @ApiOperation({ operationId: 'signIn', summary: 'Begin a session by address and password' })
  @ApiOkResponse({ type: Tokens, description: 'The tokens of a new session.' })
  @ApiErrors('invalid_credentials', 'email_not_verified')
  signIn(@PublicContextParam() caller: PublicContext, @Body() input: SignIn): Promise<Tokens> {
    return this.users.signIn(caller, input);
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'refresh',
    summary: 'Renew the tokens of a session; a refresh token that was used before ends it instead',
  })
  @ApiOkResponse({ type: Tokens, description: 'New tokens; the old refresh token is used up.' })
  @ApiErrors('unauthorized')
  refresh(@PublicContextParam() caller: PublicContext, @Body() input: RefreshToken): Promise<Tokens> {
    return this.users.refresh(caller, input);
  }

  @Post('forgot-password')
  @HttpCode(202)
  @Public()
  @ApiOperation({ operationId: 'forgotPassword', summary: 'Send a link with which a new password can be set' })
  @ApiAcceptedResponse({ type: Accepted, description: 'The same whether there is such an account or not.' })
  async forgotPassword(@PublicContextParam() caller: PublicContext, @Body() input: EmailAddress): Promise<Accepted> {
    await this.users.forgotPassword(caller, input);
    return ACCEPTED;
  }

  @Post('reset-password')
  @HttpCode(204)
  @Public()
  @ApiOperation({
    operationId: 'resetPassword',
    summary: 'Set a new password by the token that was sent; ends all sessions',
  })
  @ApiNoContentResponse({ description: 'The new password counts, and the address is proven.' })
  @ApiErrors('link_invalid')
  resetPassword(@PublicContextParam() caller: PublicContext, @Body() input: ResetPassword): Promise<void> {
    return this.users.resetPassword(caller, input);
  }

  @Post('confirm-email-change')
  @HttpCode(204)
  @Public()
  @ApiOperation({ operationId: 'confirmEmailChange', summary: 'Take a new address by the token that was sent there' })
  @ApiNoContentResponse({ description: 'The new address counts.' })
  @ApiErrors('link_invalid')
  confirmEmailChange(@PublicContextParam() caller: PublicContext, @Body() input: LinkToken): Promise<void> {
    return this.users.confirmEmailChange(caller, input);
  }

  @Post('sign-out')
  @HttpCode(204)
  @RequireUser()
  @ApiOperation({ operationId: 'signOut', summary: 'End this session' })
  @ApiNoContentResponse({ description: 'Its tokens count no more.' })
  signOut(@CallContextParam() context: CallContext): Promise<void> {
    return this.users.signOut(context);
  }

  @Post('sign-out-all')
  @HttpCode(204)
  @RequireUser()
  @ApiOperation({ operationId: 'signOutAll', summary: 'End all sessions, this one too' })
  @ApiNoContentResponse({ description: 'Their tokens count no more.' })
  signOutAll(@CallContextParam() context: CallContext): Promise<void> {
    return this.users.signOutAll(context);
  }

  @Post('change-password')
  @HttpCode(204)
  @RequireUser()
  @ApiOperation({ operationId: 'changePassword', summary: 'Set another password; ends all other sessions' })
  @ApiNoContentResponse({ description: 'The new password counts.' })
  @ApiErrors('wrong_password', 'fresh_sign_in_required')
  changePassword(@CallContextParam() context: CallContext, @Body() input: ChangePassword): Promise<void> {
    return this.users.changePassword(context, input);
  }

  @Post('change-email')
  @HttpCode(202)
  @RequireUser()
  @ApiOperation({ operationId: 'changeEmail', summary: 'Send a link to a new address, with which it is taken' })
  @ApiAcceptedResponse({ type: Accepted, description: 'The same whether the address is in use or not.' })
  @ApiErrors('wrong_password', 'fresh_sign_in_required')
  async changeEmail(@CallContextParam() context: CallContext, @Body() input: ChangeEmail): Promise<Accepted> {
    await this.users.changeEmail(context, input);
    return ACCEPTED;
  }
}
