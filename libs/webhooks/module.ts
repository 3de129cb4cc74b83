// The webhooks module where it runs.
import { Module } from '@nestjs/common';
import { ConfigModule, DatabaseModule } from '@mono/platform';
import { AddressResolver } from './src/sending/address-resolver.js';
import { WebhookSender } from './src/sending/webhook-sender.js';
import { webhooksConfig } from './src/webhooks.config.js';

@Module({
  imports: [ConfigModule.forFeature(webhooksConfig), DatabaseModule.forFeature({ module: 'webhooks' })],
  providers: [AddressResolver, WebhookSender],
})
export class WebhooksModule {}
