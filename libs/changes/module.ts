// The changes module where it runs.
import { Module } from '@nestjs/common';
import { ConfigModule, DatabaseModule } from '@mono/platform';
import { AccountsConsumer } from './src/accounts/accounts.consumer.js';
import { changesConfig } from './src/changes.config.js';
import { ChangeStore } from './src/feed/change.store.js';
import { ChangesController } from './src/feed/changes.controller.js';
import { EventsConsumer } from './src/feed/events.consumer.js';
import { FeedReader } from './src/feed/feed-reader.js';
import { FeedRowsController } from './src/feed/feed-rows.controller.js';
import { FeedWriter } from './src/feed/feed-writer.js';
import { RightsConsumer } from './src/feed/rights.consumer.js';
import { Retention } from './src/feed/retention.js';
import { ViewsModule } from './src/feed/views.module.js';
import { Waiting } from './src/feed/waiting.js';
import { FollowController } from './src/follow/follow.controller.js';

@Module({
  imports: [ConfigModule.forFeature(changesConfig), DatabaseModule.forFeature({ module: 'changes' }), ViewsModule],
  controllers: [ChangesController, FeedRowsController, FollowController, AccountsConsumer, RightsConsumer],
  providers: [ChangeStore, FeedReader, FeedWriter, EventsConsumer, Waiting, Retention],
})
export class ChangesModule {}
