// The admin module: on every node.
import { Module } from '@nestjs/common';
import { ConfigModule, DatabaseModule, InboxModule } from '@mono/platform';
import { adminConfig } from './src/admin.config.js';
import { AuditController } from './src/audit/audit.controller.js';
import { AuditEventsConsumer } from './src/audit/audit-events.consumer.js';
import { auditProvider, RunningAudit } from './src/audit/running-audit.js';
import { DeadLetters } from './src/dead-letters/dead-letters.js';
import { DeadLettersController } from './src/dead-letters/dead-letters.controller.js';
import { RunningRetries } from './src/dead-letters/running-retries.js';

export { Audit } from './src/audit/audit.js';
export { AuditedEvents } from './src/audit/audit-events.consumer.js';
export { AUDIT_CHECKPOINTS } from './src/audit/checkpoints.js';
export { DeadLetters } from './src/dead-letters/dead-letters.js';
export { DeadLetterStore } from './src/dead-letters/dead-letter-store.js';

/** The app provides `DeadLetterStore`, which the bus and the jobs of the node share, and `AuditedEvents`. */
@Module({
  imports: [
    ConfigModule.forFeature(adminConfig),
    DatabaseModule.forFeature({ module: 'platform' }),
    InboxModule.forFeature({ module: 'platform' }),
  ],
  controllers: [AuditController, DeadLettersController],
  providers: [auditProvider, RunningAudit, AuditEventsConsumer, DeadLetters, RunningRetries],
})
export class AdminModule {}
