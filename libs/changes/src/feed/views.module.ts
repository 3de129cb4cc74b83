// The part of the feed that every node has.
import { Module } from '@nestjs/common';
import { AppendedSignal } from './appended.signal.js';
import { FeedViews } from './feed-views.js';
import { FilterReader } from './filter-reader.js';
import { ResourceReader } from './resource-reader.js';
import { ThingTypes } from './thing-types.js';

@Module({
  providers: [ThingTypes, FeedViews, FilterReader, ResourceReader, AppendedSignal],
  exports: [ThingTypes, FeedViews, FilterReader, ResourceReader, AppendedSignal],
})
export class ViewsModule {}
