// For tests: a module on a real bus, as a node runs it.
import type { INestMicroservice } from '@nestjs/common';
import type { TestingModule } from '@nestjs/testing';
import { BusTransport, type Bus } from '@mono/bus';
import { callOnBusListening } from '../module/on-bus-listening.js';

const DRAIN_MS = 1_000;

/**
 * Serves the operations of the module, runs its consumers and its periodic work. `close()` ends all of it.
 * @param bus that of `nodeForTests()`.
 */
export async function listenOnBus(module: TestingModule, bus: Bus): Promise<INestMicroservice> {
  const get = (token: string): unknown => module.get(token, { strict: false });
  const strategy = new BusTransport({ bus, contracts: [], drainMs: DRAIN_MS, get: get as never });
  const application = module.createNestMicroservice({ strategy, logger: false });
  await application.listen();
  await callOnBusListening(application);
  return application;
}
