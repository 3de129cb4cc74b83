// Pushes changes to clients on NATS, on every node.
import { Module } from '@nestjs/common';
import { ConfigModule } from '@mono/platform';
import { changesConfig } from '../changes.config.js';
import { Follows } from './follows.js';
import { Takeovers } from './takeovers.js';

@Module({ imports: [ConfigModule.forFeature(changesConfig)], providers: [Follows, Takeovers], exports: [Follows] })
export class FollowModule {}
