// Gives the bus to an application's modules, and their handlers to the bus.
import { Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { NestMicroservice } from '@nestjs/microservices';
import { Bus } from '../bus.js';
import { describeParametersForPipes } from './decorators.js';
import { BusTransport, ErrorsToBus, type BusTransportOptions } from './bus-transport.js';

@Module({})
export class BusModule {
  /** Global: every module may inject `Bus`. */
  static forRoot(bus: Bus): DynamicModule {
    return { module: BusModule, global: true, providers: [{ provide: Bus, useValue: bus }], exports: [Bus] };
  }
}

/** Connects the handlers of an application that is not initialised yet; after `init()`, `startAllMicroservices()` begins to serve. */
export function connectBus(application: INestApplication, options: Omit<BusTransportOptions, 'bus'>): void {
  for (const { controllers } of application.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) if (metatype) describeParametersForPipes(metatype);
  }
  const strategy = new BusTransport({ bus: application.get(Bus), ...options });
  const microservice = application.connectMicroservice(
    { strategy },
    { inheritAppConfig: false, deferInitialization: true },
  ) as NestMicroservice;
  microservice.useGlobalFilters(new ErrorsToBus());
  // Else it would begin everything that the application's `init()` has begun a second time.
  microservice.setIsInitHookCalled(true);
}
