// For tests: a bus within this process, without NATS, whose operations the given controllers serve.
import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Bus, BusConnection, type BusContext } from '@mono/bus';
import { isOperation } from '@mono/contract';
import { domainErrors } from '../bus/bus-errors.js';
import { busInputReader } from '../bus/bus-input-reader.js';
import { contextFactoryOf, operationOf } from '../operations/operation.decorator.js';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Inputs are validated, and contexts travel, as between nodes. @param controllers instances whose methods bear `@Operation`. */
export function localBus(...controllers: readonly object[]): Bus {
  const connection = new BusConnection({ url: 'nats://127.0.0.1:1', name: 'test', logger: SILENT });
  const bus = new Bus({
    connection,
    logger: SILENT,
    secrets: ['the secret of tests, and of nothing else'],
    route: 'local-first',
    reader: busInputReader,
    errors: domainErrors,
  });
  for (const controller of controllers) serve(bus, controller);
  return bus;
}

/** The controllers of an application, for localBus(). */
export function controllersOf(application: INestApplicationContext): object[] {
  return [...application.get(ModulesContainer).values()].flatMap(({ controllers }) =>
    [...controllers.values()].map(({ instance }) => instance),
  );
}

/** Has the controller's methods serve their operations. */
export function serve(bus: Pick<Bus, 'handle'>, controller: object): void {
  const prototype = Object.getPrototypeOf(controller) as object;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown;
    if (typeof method !== 'function') continue;
    const operation = operationOf(method);
    if (!operation || !isOperation(operation)) continue;
    const contextOf = contextFactoryOf(operation);
    bus.handle(operation, (input: unknown, context: BusContext) =>
      Promise.resolve(Reflect.apply(method, controller, [input, contextOf(context)]) as unknown),
    );
  }
}
