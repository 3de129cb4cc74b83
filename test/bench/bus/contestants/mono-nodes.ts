// The bus as a node of Mono has it: a Nest handler, compiled validation, sealed principals, request ids, measurements, and
// an access log that nobody reads at its level.
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Bus, BusConnection, BusModule, connectBus, defineRequest, RequestHandler, type Route } from '@mono/bus';
import { TextField } from '@mono/contract';
import { busInputReader, busLogging, busMetrics, createLogger, domainErrors, Metrics } from '@mono/platform';

export class Echo {
  @TextField({ description: 'What comes back.', max: 1_000 })
  text: string;
}

export const echo = defineRequest({ module: 'bench', name: 'echo', request: Echo, reply: Echo });

@Controller()
class Handlers {
  @RequestHandler(echo)
  echo(body: Echo): Echo {
    return body;
  }
}

const logger = createLogger({ level: 'warn', format: 'json' });

export async function node(natsUrl: string, route: Route = 'remote'): Promise<Bus> {
  const connection = new BusConnection({ url: natsUrl, name: 'bench', logger });
  connection.start();
  await new Promise<void>((resolve) => {
    connection.onConnected(() => resolve());
  });
  return new Bus({
    connection,
    logger,
    secrets: ['the secret of a benchmark'],
    route,
    errors: domainErrors,
    reader: busInputReader,
    middleware: [busMetrics(new Metrics()), busLogging(logger)],
  });
}

export async function serve(bus: Bus): Promise<void> {
  @Module({ imports: [BusModule.forRoot(bus)], controllers: [Handlers] })
  class Root {}
  const application = await NestFactory.create(Root, new FastifyAdapter(), { logger: false });
  connectBus(application, { contracts: [echo], drainMs: 1_000 });
  await application.init();
  await application.startAllMicroservices();
  await bus.host.connection.live?.flush();
}
