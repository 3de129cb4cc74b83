export { domainErrors } from './bus/bus-errors.js';
export { busInputReader } from './bus/bus-input-reader.js';
export { busLogging, busMetrics, busShares } from './bus/bus-middleware.js';
export { callContextOf } from './bus/call-context-on-bus.js';
export { APP_ENVIRONMENTS, layerEnvironment, type Environment } from './config/environment-files.js';
export { defineConfig, type ConfigOf, type FeatureConfig } from './config/feature-config.js';
export {
  ConfigurationError,
  parseConfiguration,
  type ConfigurationFault,
  type ConfigurationOf,
} from './config/parse-configuration.js';
export {
  choice,
  flag,
  integer,
  matching,
  names,
  sharedSecrets,
  text,
  url,
  type Setting,
  type Settings,
  type SettingsOf,
} from './config/settings.js';
export { actingFor, currentShareKey, shareKeyOf } from './database/acting-workspace.js';
export { againAfterDeadlock } from './database/again-after-deadlock.js';
export {
  allowedConnections,
  allowedConnectionsAt,
  connectionAdvice,
  sumOfNeeds,
  type ConnectionNeeds,
} from './database/connection-budget.js';
export type { DatabasePlace } from './database/database-server.js';
export { Database } from './database/database.js';
export type {
  Executor,
  ExpensiveQuery,
  SharingExecutor,
  Statement,
  TransactionalExecutor,
} from './database/executor.js';
export { migrate } from './database/migrate.js';
export { openDatabase, type ModuleDatabaseOptions } from './database/open-database.js';
export { DiskFullError, violatedConstraint } from './database/pg-errors.js';
export { RetryingDatabase } from './database/retrying-database.js';
export { runConcurrently } from './database/run-concurrently.js';
export { LookupBatcher } from './database/lookup-batcher.js';
export { HealthWatch, type HealthCheck } from './health/health-watch.js';
export { Health, isServing, type Component, type Problem } from './health/health.js';
export { Batcher } from './host/batcher.js';
export { Slices } from './host/slices.js';
export { JSON_TYPE, accepts, prefers, prefersProblem } from './http/accept.js';
export { CALLERS, ENTITY_TAG, ERROR_CODES, TEXT_BODY, documentedErrors } from './http/api-errors.js';
export { Authenticator, type Credentials, type Standing } from './http/authenticator.js';
export {
  AlsoAnswers,
  AnswersText,
  CallContextParam,
  IDEMPOTENCY_KEY_HEADER,
  IdParam,
  LimitedByAddress,
  Public,
  PublicContextParam,
  Replays,
  RequireScope,
  TakesForm,
  TakesText,
  publicContextOfRequest,
} from './http/decorators.js';
export { EdgeError, RETRY_AFTER_SECONDS, invalidJson, toHttpFault, type HttpFault } from './http/http-fault.js';
export { takeOver } from './http/take-over.js';
export { routeOptions, type RouteOptions } from './http/route-options.js';
export { createIdempotencyV1 } from './idempotency/idempotency-table.js';
export { CREATE_TRIGRAMS_V1, createSearchTextV1, createSearchV1, dropSearchV1 } from './search/search-functions.js';
export { scanStatement, searchConditions, searchScore, type SearchScope } from './search/search-sql.js';
export { scanRows, searchWithinLimit, type SearchWork } from './search/search-within-limit.js';
export { canonicalJson, once } from './idempotency/idempotently.js';
export {
  JOB_ID_HEADER,
  type JobLetter,
  type JobLetters,
  type JobRetries,
  type RetriedJob,
} from './jobs/job-letters.js';
export { JobQueues, type Job, type JobQueue } from './jobs/job-queue.js';
export type { JobsBackend } from './jobs/jobs-backend.js';
export { jobsSettings } from './jobs/jobs-settings.js';
export { Jobs } from './jobs/jobs.js';
export { OccasionalLog } from './jobs/occasional-log.js';
export { PostgresBackend } from './jobs/postgres-backend.js';
export { RedisBackend } from './jobs/redis-backend.js';
export { callerFacts } from './logging/caller-facts.js';
export { busLogContext } from './logging/log-context.js';
export { createLogger, nestLogger, type Logger, type LoggerOptions } from './logging/logger.js';
export { loggingSettings } from './logging/logging-settings.js';
export { SECRET_NAME, redact } from './logging/redact.js';
export { Departures, type Departure } from './memberships/departures.js';
export { createMembershipV1 } from './memberships/membership-table.js';
export { Memberships, type NamedMember } from './memberships/memberships.js';
export { metricsSettings } from './metrics/metrics-settings.js';
export { Metrics } from './metrics/metrics.js';
export { ConfigModule } from './module/config.module.js';
export { DatabaseModule } from './module/database.module.js';
export { contractsOf, defineFeature, schemaOf, type Feature } from './module/feature.js';
export { InjectQueue, JobsModule, Processor, type JobProcessor } from './module/jobs.module.js';
export { FeatureEvents, FeatureOperations, NodeInfo, PublicUrl, type NodeFacts } from './module/node-tokens.js';
export { NodeModule } from './module/node.module.js';
export { callOnBusListening, type OnBusListening } from './module/on-bus-listening.js';
export { OnEvent } from './module/on-event.js';
export { outbox, type NewEvent } from './module/outbox.js';
export { InboxModule, OutboxModule } from './module/outbox.module.js';
export { Periodically } from './module/periodic-work.js';
export { PRUNING_INTERVAL_MS, eventMemoryMs } from './module/pruning.js';
export { NatsRoutes, type NatsCall, type NatsHandler } from './nats/nats-routes.js';
export { callOperation } from './operations/call-operation.js';
export { Operation } from './operations/operation.decorator.js';
export { platformMigrations } from './persistence/platform-migrations.js';
export { ExactThrottle } from './rate-limits/exact-throttle.js';
export { networkOf } from './rate-limits/network-of.js';
export { Throttle, UNLIMITED, throttleOn } from './rate-limits/throttle.js';
export type { RateLimit, Verdict } from './rate-limits/verdict.js';
export { busTracing } from './tracing/bus-tracing.js';
export { addTracing } from './tracing/http-tracing.js';
export { startTracing, type Tracing } from './tracing/start-tracing.js';
export { traceFacts, traceHeaders } from './tracing/tracer.js';
export { tracingSettings } from './tracing/tracing-settings.js';
export { installZoneData, newestZoneData } from './zone-data/choose-zone-data.js';
export { SharedZoneData } from './zone-data/shared-zone-data.js';
export {
  ZONE_CHANGES_FAILURE,
  ZONE_CHANGES_INTERVAL_MS,
  ZoneChanges,
  createZoneReleaseV1,
} from './zone-data/zone-changes.js';
export { StartUpError } from '@mono/embedded/start-up-error';
