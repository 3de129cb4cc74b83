// Serves feeds outside of /v1. The secret in the URL is the only credential: it is hashed here so that it is never sent on, and
// replies are never cached.
import { hash } from 'node:crypto';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Bus } from '@mono/bus';
import type { PublicContext } from '@mono/contract';
import { LimitedByAddress, PublicContextParam, routeOptions } from '@mono/platform';
import { DomainError } from '@mono/contract/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { calendarsOperations } from '../../contract/index.js';
import { replyCalendar } from './calendar-reply.js';

const FILE = /^([A-Za-z0-9_-]{43})\.ics$/;

@ApiExcludeController()
@Controller('feeds')
export class FeedReaderController {
  constructor(@Inject(Bus) private readonly bus: Bus) {}

  // Its body holds no secret.
  @routeOptions({ compress: true })
  @Get(':file')
  @LimitedByAddress()
  async read(
    @PublicContextParam() { requestId, address }: PublicContext,
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    void reply.headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });
    const secret = FILE.exec(file)?.[1];
    if (secret === undefined) throw new DomainError('not_found', 'feed_not_found', 'There is no such feed.');
    const asked = { secret_hash: hash('sha256', secret, 'base64url'), address };
    const calendar = await this.bus.request(calendarsOperations.readFeed, asked, { requestId, route: 'local-first' });
    return replyCalendar(request, reply, calendar);
  }
}
