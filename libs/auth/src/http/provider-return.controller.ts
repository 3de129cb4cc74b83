// Where a provider sends the browser back. The code in the URL is redeemed at once: it is good for one use, has a minute or
// so to live, and has been sent to this browser alone, in no mail that somebody's scanner would open first.
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PublicContext } from '@mono/contract';
import { LimitedByAddress, PublicContextParam } from '@mono/platform';
import { CALLBACK_PATH, IdentitiesApi } from '../../contract/index.js';
import { PAGE_HEADERS } from './link-page.js';
import { codePage, failurePage } from './provider-return-page.js';

@ApiExcludeController()
@Controller(CALLBACK_PATH.slice(1))
export class ProviderReturnController {
  constructor(@Inject(IdentitiesApi) private readonly identities: IdentitiesApi) {}

  @Get(':provider')
  @LimitedByAddress()
  async comeBack(
    @PublicContextParam() caller: PublicContext,
    @Param('provider') provider: string,
    @Req() { method, url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    void reply.headers(PAGE_HEADERS);
    // Whoever only looks uses nothing up.
    if (method === 'HEAD') return '';
    const { location, code, error } = await this.identities.comeBack(caller, provider, url.split('?')[1] ?? '');
    if (location !== null) {
      void reply.code(303).header('location', location);
      return '';
    }
    if (code !== null) return codePage(code);
    void reply.code(error === 'unavailable' ? 503 : 400);
    return failurePage(error);
  }
}
