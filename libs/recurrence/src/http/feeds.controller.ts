import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, Replayable } from '@mono/contract';
import { CallContextParam, Creates, IdParam, RequireScope, WithEntityTag } from '@mono/platform';
import { CalendarApi, CreateFeed, Feed, FeedPage, FeedQuery, NewFeed } from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';

@ApiTags('calendars')
@Controller('v1/feeds')
export class FeedsController {
  constructor(@Inject(CalendarApi) private readonly calendar: CalendarApi) {}

  @Post()
  @RequireScope('recurrence:read')
  @Creates((feed: Feed) => `/v1/feeds/${feed.id}`)
  @WithEntityTag<Feed>()
  @ApiOperation({
    operationId: 'createFeed',
    summary: 'Make a calendar of a list to subscribe to',
    description:
      'Its URL is shown this once; whoever has it can read the calendar, until the feed is revoked or who made it may not read the list any more.',
  })
  @ApiCreatedResponse({ type: NewFeed, description: 'The new feed, with its URL.' })
  @ApiErrors('list_not_found', 'too_many_feeds', 'secret_already_shown')
  createFeed(@CallContextParam() context: CallContext, @Body() input: CreateFeed): Promise<Replayable<NewFeed>> {
    return this.calendar.createFeed(context, input);
  }

  @Get()
  @RequireScope('recurrence:read')
  @ApiOperation({
    operationId: 'findFeeds',
    summary: 'Page through the feeds',
    description: 'One’s own; with the scope `admin`, all of the workspace.',
  })
  @ApiOkResponse({ type: FeedPage, description: 'A page of feeds, without their URLs.' })
  findFeeds(@CallContextParam() context: CallContext, @Query() query: FeedQuery): Promise<FeedPage> {
    return this.calendar.findFeeds(context, query);
  }

  @Get(':id')
  @RequireScope('recurrence:read')
  @WithEntityTag<Feed>()
  @ApiOperation({ operationId: 'getFeed', summary: 'Read what a feed is' })
  @ApiOkResponse({ type: Feed, description: 'The feed, without its URL.' })
  @ApiErrors('feed_not_found')
  getFeed(@CallContextParam() context: CallContext, @IdParam('feed') id: string): Promise<Feed> {
    return this.calendar.getFeed(context, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('recurrence:read')
  @ApiOperation({ operationId: 'revokeFeed', summary: 'Revoke a feed for good' })
  @ApiNoContentResponse({ description: 'Its URL leads nowhere.' })
  @ApiErrors('feed_not_found')
  revokeFeed(@CallContextParam() context: CallContext, @IdParam('feed') id: string): Promise<void> {
    return this.calendar.revokeFeed(context, id);
  }
}
