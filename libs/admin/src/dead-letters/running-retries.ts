import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { BusConnection, holdsRetry, retryDeadLetter } from '@mono/bus';
import { PinoLogger } from 'nestjs-pino';
import { DeadLetterStore } from './dead-letter-store.js';
import type { RetryDispatcher } from './retry-dispatcher.js';

/** Returns retried messages to their consumers while the application runs. The jobs do it for theirs. */
@Injectable()
export class RunningRetries implements OnModuleInit, OnApplicationShutdown {
  private readonly dispatcher: RetryDispatcher;

  constructor(store: DeadLetterStore, connection: BusConnection, logger: PinoLogger) {
    this.dispatcher = store.dispatcher({
      publish: (message) => retryDeadLetter(connection, message),
      holds: (key, place) => holdsRetry(connection, key, place),
      onLost: (letter) => logger.warn(letter, 'Retry of a dead letter lost: published again'),
      onError: (error) => logger.warn({ err: error }, 'Failed to return retried dead letters'),
    });
  }

  onModuleInit(): void {
    this.dispatcher.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.dispatcher.stop();
  }
}
