// The changes module where it runs.
import { Module } from '@nestjs/common';
import { ConfigModule, DatabaseModule } from '@mono/platform';
import { AccountsConsumer } from './src/accounts/accounts.consumer.js';
import { changesConfig } from './src/changes.config.js';
import { AppendedSignal } from './src/feed/appended.signal.js';
import { ChangeStore } from './src/feed/change.store.js';
import { ChangesController } from './src/feed/changes.controller.js';
import { EventsConsumer } from './src/feed/events.consumer.js';
import { FeedReader } from './src/feed/feed-reader.js';
import { FeedWriter } from './src/feed/feed-writer.js';
import { Retention } from './src/feed/retention.js';
import { ThingTypes } from './src/feed/thing-types.js';
import { Waiting } from './src/feed/waiting.js';
import { FollowController } from './src/follow/follow.controller.js';

@Module({
  imports: [ConfigModule.forFeature(changesConfig), DatabaseModule.forFeature({ module: 'changes' })],
  controllers: [ChangesController, FollowController, AccountsConsumer],
  providers: [ThingTypes, ChangeStore, FeedReader, FeedWriter, EventsConsumer, AppendedSignal, Waiting, Retention],
})
export class ChangesModule {}
