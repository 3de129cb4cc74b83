// Handlers as Nest sees them: guards, pipes, interceptors and filters apply, and what is declared wrongly stops the boot.
import {
  Catch,
  Controller,
  Injectable,
  Module,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type BeforeApplicationShutdown,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IsString } from 'class-validator';
import { map, throwError, type Observable } from 'rxjs';
import { BusWorld } from '../testing/bus-world.js';
import { until } from '../testing/until.js';
import type { Bus } from '../bus.js';
import type { BusContext } from '../calls/bus-context.js';
import { BusError } from '../calls/bus-error.js';
import { defineEvent, defineRequest, defineWork, type Contract, type EventContract } from '../contracts/contract.js';
import { BusModule } from './bus.module.js';
import { connectBus } from './connect-bus.js';
import { DurableEventHandler, EventHandler, RequestHandler, WorkHandler } from './decorators.js';

class Words {
  @IsString()
  text: string;
}
const shout = defineRequest({ module: 'nest', name: 'shout', request: Words, reply: Words });
const piped = defineRequest({ module: 'nest', name: 'piped', request: Words, reply: Words });
const guarded = defineRequest({ module: 'nest', name: 'guarded' });
const filtered = defineRequest({ module: 'nest', name: 'filtered' });
const told = defineWork({ module: 'nest', name: 'told', work: Words });
const happened = defineEvent({ module: 'nest', name: 'happened', event: Words });

@Injectable()
class OnlyModules implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToRpc().getContext<BusContext>().principal?.kind === 'module';
  }
}

@Injectable()
class Trimmed implements PipeTransform {
  transform(value: unknown): unknown {
    return value instanceof Words ? { text: value.text.trim() } : value;
  }
}

@Injectable()
class Louder implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<Words>): Observable<Words> {
    return next.handle().pipe(map(({ text }) => ({ text: `${text}!` })));
  }
}

@Catch(TypeError)
class TypeErrorsAreConflicts implements ExceptionFilter {
  catch(): Observable<never> {
    return throwError(() => new BusError({ status: 409, code: 'conflict', message: 'Translated.' }));
  }
}

const heard: string[] = [];

@Controller()
class Handlers {
  @RequestHandler(shout)
  @UseInterceptors(Louder)
  shout({ text }: Words, context: BusContext): Words {
    return { text: `${context.contract.name}: ${text.toUpperCase()}` };
  }

  @RequestHandler(piped)
  @UsePipes(new Trimmed())
  piped({ text }: Words): Words {
    return { text };
  }

  @RequestHandler(guarded)
  @UseGuards(OnlyModules)
  guarded(): void {
    heard.push('guarded');
  }

  @RequestHandler(filtered)
  @UseFilters(TypeErrorsAreConflicts)
  filtered(): void {
    throw new TypeError('inside');
  }

  @WorkHandler(told)
  told({ text }: Words): void {
    heard.push(`told ${text}`);
  }

  @EventHandler(happened)
  onHappened({ text }: Words): void {
    heard.push(`broadcast ${text}`);
  }

  @EventHandler(happened)
  onHappenedToo({ text }: Words): void {
    heard.push(`broadcast too ${text}`);
  }
}

@Injectable()
class Background implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  onModuleInit(): void {
    heard.push('initialised');
  }

  onApplicationBootstrap(): void {
    heard.push('started');
  }

  beforeApplicationShutdown(): void {
    heard.push('stopping');
  }

  onApplicationShutdown(): void {
    heard.push('stopped');
  }
}

const CONTRACTS: Contract[] = [piped, shout, guarded, filtered, told, happened];

describe('handlers in Nest', () => {
  let world: BusWorld;
  let applications: INestApplication[];

  beforeAll(async () => {
    world = await BusWorld.start();
  });
  beforeEach(() => {
    applications = [];
    heard.length = 0;
  });
  afterEach(async () => {
    for (const application of applications) await application.close();
  });
  afterAll(() => world?.end());

  async function boot(controllers: Type[], contracts: Contract[], providers: Type[] = []): Promise<Bus> {
    const bus = await world.node();
    @Module({ imports: [BusModule.forRoot(bus)], controllers, providers })
    class Root {}
    const application = await NestFactory.create(Root, new FastifyAdapter(), { logger: false, abortOnError: false });
    applications.push(application);
    connectBus(application, { contracts, drainMs: 2_000 });
    await application.init();
    await application.startAllMicroservices();
    await bus.host.connection.live?.flush();
    return bus;
  }

  test('run behind interceptors, pipes, guards and filters', async () => {
    await boot([Handlers], CONTRACTS);
    const client = await world.node();
    expect(await client.request(shout, { text: 'hey' })).toEqual({ text: 'shout: HEY!' });
    expect(await client.request(piped, { text: ' hey ' })).toEqual({ text: 'hey' });
    await client.request(guarded, undefined);
    expect(heard).toEqual(['guarded']);
    const user = { principal: { kind: 'user', id: 'u' } };
    await expect(client.request(guarded, undefined, user)).rejects.toMatchObject({ status: 403, code: 'forbidden' });
    await expect(client.request(filtered, undefined)).rejects.toMatchObject({ status: 409, code: 'conflict' });
  });

  test('hear work and broadcast events', async () => {
    await boot([Handlers], CONTRACTS);
    const client = await world.node();
    await client.send(told, { text: 'you' });
    client.host.connection.live?.publish(happened.subject, JSON.stringify({ text: 'it' }));
    await until('all is heard', () => heard.length === 3);
    expect(heard.toSorted()).toEqual(['broadcast it', 'broadcast too it', 'told you']);
  });

  test('run the start and stop hooks of providers once', async () => {
    const application = await boot([Handlers], CONTRACTS, [Background]).then(() => applications.pop());
    expect(heard).toEqual(['initialised', 'started']);
    await application?.close();
    expect(heard).toEqual(['initialised', 'started', 'stopping', 'stopped']);
  });

  test('two of one contract fail the boot, with both places in the error', async () => {
    @Controller()
    class Twice {
      @RequestHandler(shout)
      once(words: Words): Words {
        return words;
      }
    }
    await expect(boot([Handlers, Twice], CONTRACTS)).rejects.toThrow(
      'services.nest.shout has two handlers: Handlers.shout and Twice.once.',
    );
  });

  test('two with one durable consumer stop the boot', async () => {
    const options = { consumer: 'same', module: 'nest' };
    @Controller()
    class Durable {
      @DurableEventHandler(happened, options)
      one(): void {
        heard.push('one');
      }
      @DurableEventHandler(happened, options)
      two(): void {
        heard.push('two');
      }
    }
    await expect(boot([Durable], [])).rejects.toThrow('durable same has two handlers: Durable.one and Durable.two.');
  });

  test('a contract without a handler fails the boot', async () => {
    @Controller()
    class Empty {}
    await expect(boot([Empty], [shout as Contract])).rejects.toThrow('No handler for services.nest.shout.');
  });

  test('a handler without a contract fails at its declaration or at the boot', async () => {
    expect(() => {
      class Wrong {
        @EventHandler(undefined as unknown as EventContract<Words>)
        on(): void {
          heard.push('never');
        }
      }
      return Wrong;
    }).toThrow('@EventHandler of Wrong.on has no contract');
    @Controller()
    class Plain {
      @MessagePattern('services.nest.plain')
      plain(): void {
        heard.push('never');
      }
    }
    await expect(boot([Plain], [])).rejects.toThrow('The handler of services.nest.plain has no contract.');
  });
});
