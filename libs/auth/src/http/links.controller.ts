// The pages that links in mails open. A GET only shows a button, so that a mail scanner that opens links consumes nothing; the POST
// of the button calls the operation.
import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Bus } from '@mono/bus';
import { clientOf, DomainError, HTTP_STATUS, readInput, type ClientOf, type PublicContext } from '@mono/contract';
import { PublicContextParam, TakesForm } from '@mono/platform';
import {
  AcceptInvite,
  accountsOperations,
  invitesOperations,
  LINK_PATHS,
  LinkToken,
  MAX_NAME_CHARACTERS,
  MAX_PASSWORD_CHARACTERS,
  MIN_PASSWORD_CHARACTERS,
  ResetPassword,
  type LinkKind,
} from '../../contract/index.js';
import { messagePage, PAGE_HEADERS, questionPage, type Question } from './link-page.js';

/** The questions of the pages; the token comes with the link. */
const QUESTIONS: Readonly<Record<LinkKind, Omit<Question, 'path' | 'token'>>> = {
  verify: { title: 'Confirm your address', text: 'Is this your address?', action: 'Confirm' },
  reset: {
    title: 'Set a new password',
    text: `At least ${MIN_PASSWORD_CHARACTERS} characters. You are then signed out everywhere.`,
    action: 'Set password',
    password: { least: MIN_PASSWORD_CHARACTERS, most: MAX_PASSWORD_CHARACTERS },
  },
  change_email: {
    title: 'Confirm your new address',
    text: 'Do you want to use this address for your account?',
    action: 'Confirm',
  },
  invite: {
    title: 'Join a workspace',
    text: 'If you have an account with this address, leave the fields empty.',
    action: 'Join',
    name: { most: MAX_NAME_CHARACTERS },
    password: { least: MIN_PASSWORD_CHARACTERS, most: MAX_PASSWORD_CHARACTERS, optional: true },
  },
};

const DONE: Readonly<Record<LinkKind, string>> = {
  verify: 'Your address is confirmed. You can sign in.',
  reset: 'Your new password is set. You can sign in with it.',
  change_email: 'Your account has the new address.',
  invite: 'You have joined. You can sign in.',
};

@ApiExcludeController()
@Controller()
export class LinksController {
  private readonly accounts: ClientOf<typeof accountsOperations>;
  private readonly invites: ClientOf<typeof invitesOperations>;

  constructor(bus: Bus) {
    this.accounts = clientOf(bus, accountsOperations);
    this.invites = clientOf(bus, invitesOperations);
  }

  @Get(LINK_PATHS.verify)
  askToVerify(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    return showQuestion(reply, 'verify', token);
  }

  @Post(LINK_PATHS.verify)
  @TakesForm()
  verify(
    @PublicContextParam() caller: PublicContext,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return showOutcome(reply, 'verify', async () =>
      this.accounts.verifyEmail(readInput(LinkToken, body, 'body'), caller),
    );
  }

  @Get(LINK_PATHS.reset)
  askToReset(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    return showQuestion(reply, 'reset', token);
  }

  @Post(LINK_PATHS.reset)
  @TakesForm()
  reset(
    @PublicContextParam() caller: PublicContext,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return showOutcome(reply, 'reset', async () =>
      this.accounts.resetPassword(readInput(ResetPassword, body, 'body'), caller),
    );
  }

  @Get(LINK_PATHS.change_email)
  askToChangeEmail(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    return showQuestion(reply, 'change_email', token);
  }

  @Post(LINK_PATHS.change_email)
  @TakesForm()
  changeEmail(
    @PublicContextParam() caller: PublicContext,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const work = async () => this.accounts.confirmEmailChange(readInput(LinkToken, body, 'body'), caller);
    return showOutcome(reply, 'change_email', work);
  }

  @Get(LINK_PATHS.invite)
  askToJoin(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    return showQuestion(reply, 'invite', token);
  }

  @Post(LINK_PATHS.invite)
  @TakesForm()
  join(
    @PublicContextParam() caller: PublicContext,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const work = async () => this.invites.acceptInvite(readInput(AcceptInvite, filledIn(body), 'body'), caller);
    return showOutcome(reply, 'invite', work);
  }
}

/** Forms also send empty fields. */
function filledIn(body: unknown): unknown {
  return Object.fromEntries(Object.entries(Object(body)).filter(([, value]) => value !== ''));
}

/** Does not look at the token: opening a link reveals nothing. */
function showQuestion(reply: FastifyReply, kind: LinkKind, token: unknown): string {
  void reply.headers(PAGE_HEADERS);
  if (typeof token === 'string' && token !== '') {
    return questionPage({ ...QUESTIONS[kind], path: LINK_PATHS[kind], token });
  }
  void reply.code(400);
  return messagePage('Incomplete link', 'Copy the whole link from the mail.');
}

async function showOutcome(reply: FastifyReply, kind: LinkKind, work: () => Promise<void>): Promise<string> {
  void reply.headers(PAGE_HEADERS);
  try {
    await work();
    void reply.code(200);
    return messagePage('Done', DONE[kind]);
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind === 'internal') throw error;
    void reply.code(HTTP_STATUS[error.kind]);
    return messagePage('Request failed', error.message);
  }
}
