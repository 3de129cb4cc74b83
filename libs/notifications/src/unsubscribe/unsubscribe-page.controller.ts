// Serves unsubscribe links on every node, without sign-in. A GET only asks, so that scanners of mails change nothing. The POST is that
// of the page's button, or of the mail program itself (RFC 8058): its body says nothing beyond the token in the URL.
import { Controller, Get, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Bus } from '@mono/bus';
import { DomainError, HTTP_STATUS, type PublicContext } from '@mono/contract';
import { PublicContextParam, TakesForm } from '@mono/platform';
import type { FastifyReply } from 'fastify';
import { notificationsErrors, UNSUBSCRIBE_PATH, unsubscribeOperations } from '../../contract/index.js';
import { kindOf } from '../domain/link-token.js';
import { donePage, failurePage, PAGE_HEADERS, questionPage } from './unsubscribe-page.js';

@ApiExcludeController()
@Controller(UNSUBSCRIBE_PATH)
export class UnsubscribePageController {
  constructor(@Inject(Bus) private readonly bus: Pick<Bus, 'request'>) {}

  /** Does not verify the token: opening a link reveals nothing. */
  @Get()
  ask(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.headers(PAGE_HEADERS);
    const text = typeof token === 'string' ? token : '';
    const kind = kindOf(text);
    if (kind !== undefined) return questionPage(kind, text);
    return failed(reply, notificationsErrors.unsubscribe_link_invalid());
  }

  @Post()
  @TakesForm()
  async unsubscribe(
    @PublicContextParam() { requestId }: PublicContext,
    @Query('token') token: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    void reply.headers(PAGE_HEADERS);
    try {
      const text = typeof token === 'string' ? token : '';
      if (kindOf(text) === undefined) throw notificationsErrors.unsubscribe_link_invalid();
      const { kind } = await this.bus.request(unsubscribeOperations.unsubscribe, { token: text }, { requestId });
      void reply.code(200);
      return donePage(kind);
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind === 'internal') throw error;
      return failed(reply, error);
    }
  }
}

function failed(reply: FastifyReply, { kind, message }: DomainError): string {
  void reply.code(HTTP_STATUS[kind]);
  return failurePage(message);
}
