import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { Bus, type BusOptions } from '../bus.js';
import { BusConnection, type BusConnectionOptions } from '../connection/bus-connection.js';

export interface BusModuleOptions extends Omit<BusOptions, 'connection'> {
  connection: Omit<BusConnectionOptions, 'logger'>;
}

export interface BusModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  inject?: FactoryProvider['inject'];
  useFactory: (...dependencies: never[]) => BusModuleOptions | Promise<BusModuleOptions>;
}

const OPTIONS = Symbol('bus options');

/** Hooks of global modules run first at the start and last at the stop: consumers may use the bus until they have stopped. */
@Injectable()
class BusLifecycle implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  constructor(
    @Inject(Bus) private readonly bus: Bus,
    @Inject(BusConnection) private readonly connection: BusConnection,
  ) {}

  onModuleInit(): void {
    this.connection.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.bus.stopPulling();
  }

  onApplicationShutdown(): Promise<void> {
    return this.connection.close();
  }
}

@Module({})
export class BusModule {
  /** For a bus whose connection the caller starts and closes. Global: every module may inject `Bus`. */
  static forRoot(bus: Bus): DynamicModule {
    return { module: BusModule, global: true, providers: [{ provide: Bus, useValue: bus }], exports: [Bus] };
  }

  /**
   * Creates `Bus` and `BusConnection`, which every module may inject. The connection starts with the application. When the
   * application closes, the bus stops pulling first; the connection closes last.
   */
  static forRootAsync({ imports = [], inject = [], useFactory }: BusModuleAsyncOptions): DynamicModule {
    return {
      module: BusModule,
      global: true,
      imports,
      providers: [
        { provide: OPTIONS, inject, useFactory: useFactory as FactoryProvider['useFactory'] },
        {
          provide: BusConnection,
          inject: [OPTIONS],
          useFactory: ({ connection, logger }: BusModuleOptions) => new BusConnection({ ...connection, logger }),
        },
        {
          provide: Bus,
          inject: [OPTIONS, BusConnection],
          useFactory: (options: BusModuleOptions, connection: BusConnection) => new Bus({ ...options, connection }),
        },
        BusLifecycle,
      ],
      exports: [Bus, BusConnection],
    };
  }
}
