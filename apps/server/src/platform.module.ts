// What belongs to no module and runs on every node: the routes of operators, and what runs beside them.
import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import {
  Audit,
  AuditController,
  DeadLetters,
  DeadLettersController,
  type Jobs,
  type OnBusListening,
} from '@mono/platform';
import type { Operations } from './start/operations.js';

class Background implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly operations: Operations) {}

  async onModuleInit(): Promise<void> {
    this.operations.dispatcher.start();
    await this.operations.audit.start();
    for (const work of this.operations.periodic) work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.operations.dispatcher.stop();
    await Promise.all(this.operations.periodic.map((work) => work.stop()));
    await this.operations.audit.stop();
  }
}

/** Jobs call modules over the bus: they run from when it listens until the first module stops. */
class RunningJobs implements OnBusListening, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(private readonly jobs: Jobs) {}

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

@Module({})
export class PlatformModule {
  static forRoot(operations: Operations, jobs: Jobs): DynamicModule {
    return {
      module: PlatformModule,
      controllers: [DeadLettersController, AuditController],
      providers: [
        { provide: DeadLetters, useValue: operations.letters },
        { provide: Audit, useValue: operations.audit },
        { provide: Background, useValue: new Background(operations) },
        { provide: RunningJobs, useValue: new RunningJobs(jobs) },
      ],
    };
  }
}
