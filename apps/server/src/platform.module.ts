// What belongs to no module and runs on every node: the routes of operators, and what runs beside them.
import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DeadLetters, DeadLettersController, type RetryDispatcher } from '@mono/platform';

class Background implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly dispatcher: RetryDispatcher) {}

  onModuleInit(): void {
    this.dispatcher.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.dispatcher.stop();
  }
}

@Module({})
export class PlatformModule {
  static forRoot({ letters, dispatcher }: { letters: DeadLetters; dispatcher: RetryDispatcher }): DynamicModule {
    return {
      module: PlatformModule,
      controllers: [DeadLettersController],
      providers: [
        { provide: DeadLetters, useValue: letters },
        { provide: Background, useValue: new Background(dispatcher) },
      ],
    };
  }
}
