// The change feed as server-sent events, on every node.
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext } from '@mono/contract';
import {
  AnswersText,
  CallContextParam,
  callerFacts,
  documentedErrors,
  RequireScope,
  routeOptions,
  takeOver,
} from '@mono/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PinoLogger } from 'nestjs-pino';
import { changesOperations } from '../../contract/index.js';
import { FeedViews } from '../feed/feed-views.js';
import { FilterReader } from '../feed/filter-reader.js';
import type { EndReason } from './event-stream.js';
import { StreamQuery } from './stream-query.js';
import { Streams } from './streams.js';

const EVENT_STREAM = 'text/event-stream';
/** Clients of a node that stops come back at different times. */
const RETRY_MS = { least: 1_000, most: 5_000 };
const EXAMPLE = [
  'retry: 2718',
  '',
  'id: WzEsIkhsOFdVZEt4cE9NIiw0MV0',
  'event: ready',
  'data: {"token":"WzEsIkhsOFdVZEt4cE9NIiw0MV0"}',
  '',
  'id: WzEsIkhsOFdVZEt4cE9NIiw0Ml0',
  'event: change',
  'data: {"id":"…","type":"task","thing_id":"…","change":"updated","version":2,…}',
  '',
  '',
].join('\n');
const ApiErrors = documentedErrors(changesOperations.findChanges.errors);

@ApiTags('changes')
@Controller('v1/changes')
export class StreamController {
  constructor(
    private readonly views: FeedViews,
    private readonly filters: FilterReader,
    private readonly streams: Streams,
    private readonly logger: PinoLogger,
  ) {}

  @Get('stream')
  @RequireScope(null)
  @routeOptions({ respectsLists: true })
  @AnswersText(EVENT_STREAM)
  @ApiOperation({
    operationId: 'streamChanges',
    summary: 'Stream the changes of the workspace',
    description:
      'Server-sent events: `change` for each change, `ready` once the client has everything up to now, `end` when the server ends the stream. Each event’s id is a token: send the last one as `Last-Event-ID` to continue.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'Where to continue: the id of the last event. It takes precedence over `since`.',
    schema: { type: 'string', maxLength: 200 },
  })
  @ApiOkResponse({
    description: 'The changes after the token, and new ones as they come.',
    content: { [EVENT_STREAM]: { schema: { type: 'string', example: EXAMPLE } } },
  })
  @ApiErrors('token_expired', 'filter_not_found', 'filter_not_usable')
  async stream(
    @CallContextParam() { principal }: CallContext,
    @Query() query: StreamQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const view = this.views.viewOf(principal, query);
    await this.filters.requireUsable(view);
    const token = lastEventIdOf(request) ?? query.since;
    const since = token === undefined ? undefined : this.views.positionOf(token, view);
    if (request.method === 'HEAD') {
      await reply.type(EVENT_STREAM).send();
      return;
    }
    const { id: requestId, credentials } = request;
    if (!credentials) throw new Error('Invariant violated: a route below /v1 has credentials.');
    const began = performance.now();
    const onClose = (reason: EndReason | undefined): void => {
      const ms = Math.round(performance.now() - began);
      const facts = { request_id: requestId, ended: reason?.code ?? 'client', ms, ...callerFacts(principal) };
      if (isStarted) this.logger.info(facts, 'change stream');
    };
    let isStarted = false;
    const stream = await this.streams.open({ principal, credentials, view, since, onClose });
    isStarted = true;
    stream.start(takeOver(request, reply, { 'content-type': EVENT_STREAM }), retryMs());
  }
}

/** An empty one is that of a client without a last event. */
function lastEventIdOf({ headers }: FastifyRequest): string | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function retryMs(): number {
  return Math.round(RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least));
}
