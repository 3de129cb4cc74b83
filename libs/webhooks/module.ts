// The webhooks module where it runs.
import { Module } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { ConfigModule, DatabaseModule, JobsModule, OutboxModule } from '@mono/platform';
import { CreatorRights } from './src/creators/creator-rights.js';
import { CreatorsConsumer } from './src/creators/creators.consumer.js';
import { DeleteWebhooks } from './src/creators/delete-webhooks.js';
import { FormerMembers } from './src/creators/former-members.js';
import { AttemptsStore } from './src/delivery/attempts.store.js';
import { Deliver } from './src/delivery/deliver.js';
import { DeliveriesController } from './src/delivery/deliveries.controller.js';
import { DeliveryJobs, WEBHOOKS_QUEUE } from './src/delivery/delivery-jobs.js';
import { DeliveryLog } from './src/delivery/delivery-log.js';
import { DeliveryMetrics } from './src/delivery/delivery-metrics.js';
import { DeliveryQueue } from './src/delivery/delivery-queue.js';
import { Letters } from './src/delivery/letters.js';
import { Reconciler } from './src/delivery/reconciler.js';
import { Retention } from './src/delivery/retention.js';
import { SendAttempt } from './src/delivery/send-attempt.js';
import { SettleAttempt } from './src/delivery/settle-attempt.js';
import { StreamPositions } from './src/delivery/stream-positions.js';
import { TestDelivery } from './src/delivery/test-delivery.js';
import { WebhookJobsProcessor } from './src/delivery/webhook-jobs.processor.js';
import { EventsConsumer } from './src/recording/events.consumer.js';
import { FilterVerdicts } from './src/recording/filter-verdicts.js';
import { PublicEvents } from './src/recording/public-events.js';
import { Recorder } from './src/recording/recorder.js';
import { AddressResolver } from './src/sending/address-resolver.js';
import { WebhookSender } from './src/sending/webhook-sender.js';
import { DisableWebhooks } from './src/webhooks/disable-webhooks.js';
import { WebhookEvents } from './src/webhooks/webhook-events.js';
import { WebhookInput } from './src/webhooks/webhook-input.js';
import { WebhookStore } from './src/webhooks/webhook.store.js';
import { WebhooksController } from './src/webhooks/webhooks.controller.js';
import { webhooksConfig } from './src/webhooks.config.js';

@Module({
  imports: [
    ConfigModule.forFeature(webhooksConfig),
    DatabaseModule.forFeature({ module: 'webhooks', idempotency: true }),
    OutboxModule.forFeature({ module: 'webhooks', inbox: true }),
    JobsModule.forFeature({
      queue: WEBHOOKS_QUEUE,
      module: 'webhooks',
      config: webhooksConfig,
      options: ({ WEBHOOKS_CONCURRENCY }) => ({ concurrency: WEBHOOKS_CONCURRENCY }),
    }),
  ],
  controllers: [WebhooksController, DeliveriesController, CreatorsConsumer],
  providers: [
    { provide: MembersClient, inject: [Bus], useFactory: (bus: Bus) => new MembersClient(bus) },
    AddressResolver,
    WebhookSender,
    PublicEvents,
    EventsConsumer,
    FilterVerdicts,
    Recorder,
    WebhookStore,
    WebhookEvents,
    WebhookInput,
    DisableWebhooks,
    DeleteWebhooks,
    FormerMembers,
    CreatorRights,
    DeliveryQueue,
    DeliveryJobs,
    DeliveryLog,
    DeliveryMetrics,
    AttemptsStore,
    SendAttempt,
    SettleAttempt,
    StreamPositions,
    TestDelivery,
    Deliver,
    Letters,
    Reconciler,
    Retention,
    WebhookJobsProcessor,
  ],
})
export class WebhooksModule {}
