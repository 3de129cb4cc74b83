// For tests: a module on a real bus, as a node runs it.
import type { INestApplicationContext, INestMicroservice } from '@nestjs/common';
import { BusTransport, ErrorsToBus, type Bus } from '@mono/bus';
import { callOnBusListening } from '../module/on-bus-listening.js';

const DRAIN_MS = 1_000;

/** A TestingModule of @nestjs/testing, which `npm start` does not install and the build must not import. */
interface Compiled extends Pick<INestApplicationContext, 'get'> {
  createNestMicroservice(options: object): INestMicroservice;
}

/**
 * Serves the operations of the module, runs its consumers and its periodic work. `close()` ends all of it.
 * @param bus that of `nodeForTests()`.
 */
export async function listenOnBus(module: Compiled, bus: Bus): Promise<INestMicroservice> {
  const get = (token: string): unknown => module.get(token, { strict: false });
  const strategy = new BusTransport({ bus, contracts: [], drainMs: DRAIN_MS, get: get as never });
  const application = module.createNestMicroservice({ strategy, logger: false });
  // As connectBus does.
  application.useGlobalFilters(new ErrorsToBus());
  await application.listen();
  await callOnBusListening(application);
  return application;
}
