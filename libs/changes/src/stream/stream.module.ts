// Streams of changes, on every node.
import { Module } from '@nestjs/common';
import { ConfigModule } from '@mono/platform';
import { changesConfig } from '../changes.config.js';
import { ViewsModule } from '../feed/views.module.js';
import { CredentialWatch } from './credential-watch.js';
import { FeedSource } from './feed-source.js';
import { Streams } from './streams.js';
import { Tails } from './tails.js';

@Module({
  imports: [ConfigModule.forFeature(changesConfig), ViewsModule],
  providers: [FeedSource, Tails, CredentialWatch, Streams],
  exports: [Streams, ViewsModule],
})
export class StreamModule {}
