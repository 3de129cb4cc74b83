// The part of the feed that every node has.
import { Module } from '@nestjs/common';
import { AppendedSignal } from './appended.signal.js';
import { FeedViews } from './feed-views.js';
import { ThingTypes } from './thing-types.js';

@Module({
  providers: [ThingTypes, FeedViews, AppendedSignal],
  exports: [ThingTypes, FeedViews, AppendedSignal],
})
export class ViewsModule {}
