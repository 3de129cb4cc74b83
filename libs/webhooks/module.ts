// The webhooks module where it runs.
import { Module } from '@nestjs/common';
import { ConfigModule, DatabaseModule } from '@mono/platform';
import { webhooksConfig } from './src/webhooks.config.js';

@Module({
  imports: [ConfigModule.forFeature(webhooksConfig), DatabaseModule.forFeature({ module: 'webhooks' })],
})
export class WebhooksModule {}
