export * from './database/executor.js';
export * from './database/acting-workspace.js';
export * from './database/connection-budget.js';
export * from './database/database.js';
export * from './database/database-server.js';
export * from './database/again-after-deadlock.js';
export * from './database/pg-errors.js';
export * from './database/together.js';
export * from './http/index.js';
export * from './idempotency/idempotency-table.js';
export * from './idempotency/idempotently.js';
export * from './idempotency/prune-idempotency.js';
export * from './memberships/index.js';
export * from './config/settings.js';
export * from './config/environment-files.js';
export * from './config/parse-configuration.js';
export { StartUpError } from '@mono/embedded/start-up-error';
export * from './host/periodic.js';
export * from './host/slices.js';
export * from './database/open-database.js';
export * from './database/migrate.js';
export * from './database/run-concurrently.js';
export * from './logging/logger.js';
export * from './logging/logging-settings.js';
export * from './logging/redact.js';
export * from './metrics/metrics.js';
export * from './metrics/metrics-settings.js';
export * from './metrics/watch-outbox.js';
export * from './health/health.js';
export * from './health/health-watch.js';
export * from './tracing/index.js';
export * from './bus/index.js';
export * from './audit/index.js';
export * from './dead-letters/index.js';
export * from './jobs/index.js';
export * from './rate-limits/index.js';
export * from './persistence/platform-migrations.js';
export * from './module/beside-requests.js';
export * from './module/feature-module.js';
export * from './module/on-bus-listening.js';
export { installZoneData, newestZoneData, type ZoneSources } from './zone-data/choose-zone-data.js';
export { SharedZoneData } from './zone-data/shared-zone-data.js';
export {
  createZoneReleaseV1,
  ZONE_CHANGES_FAILURE,
  ZONE_CHANGES_INTERVAL_MS,
  ZoneChanges,
} from './zone-data/zone-changes.js';
export * from './module/config.module.js';
export * from './module/database.module.js';
export * from './module/feature.js';
export * from './module/node-tokens.js';
export * from './module/node.module.js';
export * from './module/on-event.js';
export { OutboxModule, type OutboxOptions } from './module/outbox.module.js';
export { Periodically, PeriodicWork, type PeriodicallyOptions } from './module/periodic-work.js';
export { eventMemoryMs, PRUNING_INTERVAL_MS } from './module/pruning.js';
export * from './config/feature-config.js';
