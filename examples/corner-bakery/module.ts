// The corner-bakery module where it runs.
import { Module } from '@nestjs/common';
import { DatabaseModule, OutboxModule } from '@mono/platform';
import { AccountsConsumer } from './src/accounts/accounts.consumer.js';
import { RyeLoafStore } from './src/rye-loaves/rye-loaf.store.js';
import { RyeLoavesController } from './src/rye-loaves/rye-loaves.controller.js';

@Module({
  imports: [
    DatabaseModule.forFeature({ module: 'corner-bakery', idempotency: true }),
    OutboxModule.forFeature({ module: 'corner-bakery', inbox: true }),
  ],
  controllers: [RyeLoavesController, AccountsConsumer],
  providers: [RyeLoafStore],
})
export class CornerBakeryModule {}
