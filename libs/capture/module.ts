// The capture module where it runs.
import { Module } from '@nestjs/common';
import { DatabaseModule } from '@mono/platform';
import { AccountsConsumer } from './src/accounts/accounts.consumer.js';
import { CallersNames } from './src/quick-add/callers-names.js';
import { Creation } from './src/quick-add/creation.js';
import { QuickAddController } from './src/quick-add/quick-add.controller.js';

@Module({
  imports: [DatabaseModule.forFeature({ module: 'capture', idempotency: true })],
  controllers: [QuickAddController, AccountsConsumer],
  providers: [CallersNames, Creation],
})
export class CaptureModule {}
