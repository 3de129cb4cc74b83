// The notifications module where it runs: what sends mails, and what runs beside it.
import { Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { pruneInbox } from '@mono/bus';
import { Periodic, type FeatureModule, type FeatureParts } from '@mono/platform';
import { notificationsEdge } from './edge.js';
import { sendAccountMails } from './src/bus/mail-consumers.js';
import type { Mailer } from './src/mail/mailer.js';
import { mailerOf } from './src/mail/mailer-of.js';
import { SendMail } from './src/mails/send-mail.js';
import { Initial1763790000000 } from './src/persistence/migrations/1763790000000-initial.js';

type Parts = FeatureParts<typeof notificationsEdge.settings>;

const PRUNING_INTERVAL_MS = 60 * 60 * 1_000;
/** How long dead letters are kept, and a margin: what comes back from them is known. */
const LETTERS_MS = 120 * 24 * 60 * 60 * 1_000;

/** Starts what runs beside the requests, and stops it before the connections go. */
class Background implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly periodic: readonly Periodic[],
    private readonly mailer: Mailer,
  ) {}

  onModuleInit(): void {
    for (const work of this.periodic) work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.periodic.map((work) => work.stop()), this.mailer.close()]);
  }
}

@Module({})
class NotificationsModule {}

export const notificationsModule: FeatureModule<typeof notificationsEdge.settings> = {
  edge: notificationsEdge,
  migrations: [Initial1763790000000],
  create(parts) {
    const { bus, database, dataDirectory, environment, logger, settings } = parts;
    const mailer = mailerOf(settings, { dev: environment === 'dev', dataDirectory, logger });
    const sender = new SendMail({ database, bus, mailer, logger });
    sendAccountMails(bus, sender, {
      sendMs: settings.SMTP_TIMEOUT_SECONDS * 1_000,
      retryMs: settings.MAIL_RETRY_MINUTES * 60_000,
    });
    return {
      module: NotificationsModule,
      providers: [{ provide: Background, useValue: new Background(makePeriodic(parts), mailer) }],
    };
  },
};

function makePeriodic({ database, eventAgeMs, logger }: Parts): Periodic[] {
  return [
    new Periodic(() => pruneInbox(database, 'notifications', eventAgeMs + LETTERS_MS), {
      intervalMs: PRUNING_INTERVAL_MS,
      atOnce: true,
      onError: (error) => logger.warn({ err: error }, 'Old entries of the inbox could not be pruned'),
    }),
  ];
}
