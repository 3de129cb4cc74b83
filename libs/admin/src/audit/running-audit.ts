import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { BusConnection } from '@mono/bus';
import { TextLog } from '@mono/bus/state';
import { Database, NodeInfo, Periodically, type ConfigOf } from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';
import { adminConfig } from '../admin.config.js';
import { Audit } from './audit.js';
import { AUDIT_CHECKPOINTS } from './checkpoints.js';

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

export const auditProvider = {
  provide: Audit,
  inject: [Database, adminConfig.KEY, BusConnection, NodeInfo, PinoLogger],
  useFactory: (
    database: Database,
    { AUDIT_SECRET: secrets = [] }: ConfigOf<typeof adminConfig>,
    connection: BusConnection,
    { replicas }: NodeInfo,
    logger: PinoLogger,
  ): Audit =>
    new Audit(database, {
      secrets,
      checkpoints: new TextLog(connection, { ...AUDIT_CHECKPOINTS, replicas }),
      onError: (error) => {
        // It is stored as soon as the bus is connected; readiness shows a bus that is not.
        if (connection.connected) logger.warn({ err: error }, 'Audit checkpoint could not be stored');
      },
    }),
};

/** Notes the end of the chain outside of the database while the application runs, and removes old entries. */
@Injectable()
export class RunningAudit implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly audit: Audit,
    private readonly connection: BusConnection,
    @Inject(adminConfig.KEY) private readonly config: ConfigOf<typeof adminConfig>,
  ) {}

  async onModuleInit(): Promise<void> {
    this.connection.onConnected(() => this.audit.noteAgain());
    await this.audit.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.audit.stop();
  }

  @Periodically({ everyMs: HOUR_MS, atStart: true, failure: 'Failed to remove old audit entries' })
  async cut(): Promise<void> {
    const { AUDIT_RETENTION_DAYS: days } = this.config;
    if (days !== undefined) await this.audit.cut(new Date(Date.now() - days * DAY_MS));
  }
}
