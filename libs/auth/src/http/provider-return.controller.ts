// The page that a provider redirects the browser to. It redeems the code in the URL at once: the code is short-lived, works once,
// and is in no mail, whose links a scanner may open first.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus } from '@mono/bus';
import { clientOf, type ClientOf, type PublicContext } from '@mono/contract';
import { LimitedByAddress, PublicContextParam } from '@mono/platform';
import { CALLBACK_PATH, identitiesOperations } from '../../contract/index.js';
import { PAGE_HEADERS } from './link-page.js';
import { codePage, failurePage } from './provider-return-page.js';

@ApiExcludeController()
@Controller(CALLBACK_PATH.slice(1))
export class ProviderReturnController {
  private readonly identities: ClientOf<typeof identitiesOperations>;

  constructor(bus: Bus) {
    this.identities = clientOf(bus, identitiesOperations);
  }

  @Get(':provider')
  @LimitedByAddress()
  async comeBack(
    @PublicContextParam() { address, requestId }: PublicContext,
    @Param('provider') provider: string,
    @Req() { method, url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    void reply.headers(PAGE_HEADERS);
    // A HEAD must not use the code up.
    if (method === 'HEAD') return '';
    const input = url.split('?')[1] ?? '';
    const returned = await this.identities.returnFromProvider({ address, provider, input }, { requestId });
    const { location, code, error } = returned;
    if (location !== null) {
      void reply.code(303).header('location', location);
      return '';
    }
    if (code !== null) return codePage(code);
    void reply.code(error === 'unavailable' ? 503 : 400);
    return failurePage(error);
  }
}
