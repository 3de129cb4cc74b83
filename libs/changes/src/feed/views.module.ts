// The part of the feed that every node has.
import { Module } from '@nestjs/common';
import { AppendedSignal } from './appended.signal.js';
import { FeedViews } from './feed-views.js';
import { ResourceReader } from './resource-reader.js';
import { ThingTypes } from './thing-types.js';

@Module({
  providers: [ThingTypes, FeedViews, ResourceReader, AppendedSignal],
  exports: [ThingTypes, FeedViews, ResourceReader, AppendedSignal],
})
export class ViewsModule {}
