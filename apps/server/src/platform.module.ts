// What a node provides and runs for all modules.
import {
  Inject,
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { AuditedEvents, DeadLetterStore } from '@mono/admin/module';
import {
  DatabaseModule,
  Database,
  ExactThrottle,
  JobQueues,
  Periodically,
  type Executor,
  type Jobs,
  type OnBusListening,
} from '@mono/platform';
import { PLATFORM } from './configuration.js';
import { FEATURES } from './features.js';

const HOUR_MS = 60 * 60 * 1_000;

@Injectable()
class ThrottlePruning {
  constructor(@Inject(Database) private readonly database: Executor) {}

  @Periodically({ everyMs: HOUR_MS, atStart: true, failure: 'Failed to prune throttles' })
  prune(): Promise<unknown> {
    return new ExactThrottle().prune(this.database);
  }
}

/** Jobs call modules over the bus: they run from when it listens until the first module stops. */
@Injectable()
export class RunningJobs implements OnBusListening, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(@Inject(JobQueues) private readonly jobs: Jobs) {}

  onBusListening(): Promise<void> {
    return this.jobs.start();
  }

  beforeApplicationShutdown(): void {
    this.jobs.stopTaking();
  }

  onApplicationShutdown(): Promise<void> {
    return this.jobs.stop();
  }
}

const auditedEvents = { contracts: FEATURES.flatMap(({ audited = [] }) => audited) };

@Module({})
export class PlatformModule {
  /** Global. @param letters those that the bus and the jobs of the node write. */
  static forRoot({ letters }: { letters: DeadLetterStore }): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [DatabaseModule.forFeature({ module: PLATFORM })],
      providers: [
        { provide: DeadLetterStore, useValue: letters },
        { provide: AuditedEvents, useValue: auditedEvents },
        ThrottlePruning,
        RunningJobs,
      ],
      exports: [DeadLetterStore, AuditedEvents],
    };
  }
}
