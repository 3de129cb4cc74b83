import type { INestApplication, InjectionToken } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { NestMicroservice } from '@nestjs/microservices';
import { Bus } from '../bus.js';
import { BusTransport, ErrorsToBus, type BusTransportOptions } from './bus-transport.js';
import { describeParametersForPipes } from './decorators.js';

export type ConnectBusOptions = Omit<BusTransportOptions, 'bus' | 'get'>;

/**
 * Connects the handlers of an application that is not initialised yet; after `init()`, `startAllMicroservices()` begins to
 * serve. Guards, pipes, interceptors and filters of controllers and methods apply; the application's global ones do not, as
 * in every hybrid application of Nest.
 */
export function connectBus(application: INestApplication, options: ConnectBusOptions): void {
  for (const { controllers } of application.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) if (metatype) describeParametersForPipes(metatype);
  }
  const get = (token: InjectionToken): unknown => application.get(token, { strict: false });
  const strategy = new BusTransport({ bus: application.get(Bus), get, ...options });
  const microservice = application.connectMicroservice(
    { strategy },
    { inheritAppConfig: false, deferInitialization: true },
  ) as NestMicroservice;
  microservice.useGlobalFilters(new ErrorsToBus());
  // Nest would run the init hooks of the application a second time.
  microservice.setIsInitHookCalled(true);
}
