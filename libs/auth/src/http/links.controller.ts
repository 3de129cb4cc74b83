// The pages that links in mails open. A GET only shows a form, so that a mail scanner that opens links consumes nothing; the POST
// of the form calls the operation. After a fault, the form is there again.
import { createHash, timingSafeEqual } from 'node:crypto';
import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Bus } from '@mono/bus';
import { clientOf, DomainError, HTTP_STATUS, readInput, type ClientOf, type PublicContext } from '@mono/contract';
import { LimitedByAddress, PublicContextParam, PublicUrl, TakesForm } from '@mono/platform';
import {
  AcceptInvite,
  accountsOperations,
  authErrors,
  invitesOperations,
  LINK_PATHS,
  LinkToken,
  ResetPassword,
  usersOperations,
  type EmailLink,
  type LinkKind,
} from '../../contract/index.js';
import { messagePage, PAGE_HEADERS, questionPage } from './link-page.js';
import { questionOf } from './link-questions.js';

const DONE: Readonly<Record<LinkKind, string>> = {
  verify: 'Your address is confirmed. You can sign in.',
  reset: 'Your new password is set. You can sign in with it.',
  change_email: 'Your account has the new address.',
  invite: 'You have joined. You can sign in.',
};
/** The form would fail again. */
const FINAL = new Set<string>([authErrors.link_invalid.code, authErrors.account_disabled.code]);

@ApiExcludeController()
@Controller()
export class LinksController {
  private readonly accounts: ClientOf<typeof accountsOperations>;
  private readonly invites: ClientOf<typeof invitesOperations>;
  private readonly users: ClientOf<typeof usersOperations>;

  constructor(
    bus: Bus,
    private readonly publicUrl: PublicUrl,
  ) {
    this.accounts = clientOf(bus, accountsOperations);
    this.invites = clientOf(bus, invitesOperations);
    this.users = clientOf(bus, usersOperations);
  }

  @Get(LINK_PATHS.verify)
  @LimitedByAddress()
  askToVerify(
    @PublicContextParam() caller: PublicContext,
    @Query('token') token: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.showQuestion(reply, caller, 'verify', token);
  }

  @Post(LINK_PATHS.verify)
  @TakesForm()
  verify(
    @PublicContextParam() caller: PublicContext,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const work = async () => this.accounts.verifyEmail(readInput(LinkToken, body, 'body'), caller);
    return this.showOutcome(reply, caller, { kind: 'verify', body, work });
  }

  @Get(LINK_PATHS.reset)
  @LimitedByAddress()
  askToReset(
    @PublicContextParam() caller: PublicContext,
    @Query('token') token: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.showQuestion(reply, caller, 'reset', token);
  }

  @Post(LINK_PATHS.reset)
  @TakesForm()
  reset(
    @PublicContextParam() caller: PublicContext,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const work = async () => this.accounts.resetPassword(readInput(ResetPassword, body, 'body'), caller);
    return this.showOutcome(reply, caller, { kind: 'reset', body, work });
  }

  @Get(LINK_PATHS.change_email)
  @LimitedByAddress()
  askToChangeEmail(
    @PublicContextParam() caller: PublicContext,
    @Query('token') token: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.showQuestion(reply, caller, 'change_email', token);
  }

  @Post(LINK_PATHS.change_email)
  @TakesForm()
  changeEmail(
    @PublicContextParam() caller: PublicContext,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const work = async () => this.accounts.confirmEmailChange(readInput(LinkToken, body, 'body'), caller);
    return this.showOutcome(reply, caller, { kind: 'change_email', body, work });
  }

  @Get(LINK_PATHS.invite)
  @LimitedByAddress()
  askToJoin(
    @PublicContextParam() caller: PublicContext,
    @Query('token') token: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.showQuestion(reply, caller, 'invite', token);
  }

  @Post(LINK_PATHS.invite)
  @TakesForm()
  join(
    @PublicContextParam() caller: PublicContext,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const work = async () => this.invites.acceptInvite(readInput(AcceptInvite, filledIn(body), 'body'), caller);
    return this.showOutcome(reply, caller, { kind: 'invite', body, work });
  }

  private async showQuestion(
    reply: FastifyReply,
    caller: PublicContext,
    kind: LinkKind,
    token: unknown,
  ): Promise<string> {
    void reply.headers(PAGE_HEADERS);
    if (typeof token === 'string' && token !== '') {
      return questionPage(questionOf(kind, token, await this.describe(caller, kind, token)));
    }
    void reply.code(400);
    return messagePage('Incomplete link', 'Copy the whole link from the mail.');
  }

  private async showOutcome(
    reply: FastifyReply,
    caller: PublicContext,
    { kind, body, work }: { kind: LinkKind; body: unknown; work: () => Promise<void> },
  ): Promise<string> {
    void reply.headers(PAGE_HEADERS);
    try {
      await work();
      void reply.code(200);
      return messagePage('Done', DONE[kind], this.publicUrl.get());
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind === 'internal') throw error;
      void reply.code(HTTP_STATUS[error.kind]);
      const { token, name } = Object(body) as { token?: unknown; name?: unknown };
      if (FINAL.has(error.code) || typeof token !== 'string') return messagePage('Request failed', error.message);
      const question = questionOf(kind, token, await this.describe(caller, kind, token));
      const again = { ...question, fault: faultOf(error) };
      if (question.name && typeof name === 'string') again.name = { ...question.name, value: name };
      return questionPage(again);
    }
  }

  /** Only for the whole token: its id alone, which events name, shows nothing. @returns undefined also while auth does not answer. */
  private async describe({ requestId }: PublicContext, kind: LinkKind, token: string): Promise<EmailLink | undefined> {
    const [id = ''] = token.split('.');
    try {
      const link = await this.users.emailLink({ token_id: id }, { requestId });
      const [, sent = ''] = link.url?.split(`${LINK_PATHS[kind]}?token=`) ?? [];
      return timingSafeEqual(digestOf(sent), digestOf(token)) ? link : undefined;
    } catch (error) {
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }
}

/** Forms also send empty fields. */
function filledIn(body: unknown): unknown {
  return Object.fromEntries(Object.entries(Object(body)).filter(([, value]) => value !== ''));
}

const LABELS: Readonly<Record<string, string>> = {
  name: 'Your name',
  password: 'The password',
  new_password: 'The password',
};

/** For people: with the labels of the form. */
function faultOf({ message, details }: DomainError): string {
  if (!Array.isArray(details)) return message;
  const faults = (details as { field?: string; issue?: string }[]).map(
    ({ field = '', issue = '' }) => `${LABELS[field] ?? field} ${issue}.`,
  );
  return faults.join(' ') || message;
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
