// What belongs to no module and runs on every node: the routes of operators, and what runs beside them.
import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Audit, AuditController, DeadLetters, DeadLettersController } from '@mono/platform';
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

@Module({})
export class PlatformModule {
  static forRoot(operations: Operations): DynamicModule {
    return {
      module: PlatformModule,
      controllers: [DeadLettersController, AuditController],
      providers: [
        { provide: DeadLetters, useValue: operations.letters },
        { provide: Audit, useValue: operations.audit },
        { provide: Background, useValue: new Background(operations) },
      ],
    };
  }
}
