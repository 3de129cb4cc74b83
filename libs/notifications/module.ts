// The notifications module where it runs: use cases, handlers, what sends mails, and what runs beside them.
import { Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { OutboxRelay, OutboxSignal, pruneInbox } from '@mono/bus';
import { Periodic, watchOutbox, type FeatureModule, type FeatureParts } from '@mono/platform';
import { NotificationsApi, taskDueSoon } from './contract/index.js';
import { notificationsControllers, notificationsEdge } from './edge.js';
import { consumeMails, sendAccountMails } from './src/bus/mail-consumers.js';
import { PreferencesHandlers } from './src/bus/preferences.handlers.js';
import { followEvents } from './src/bus/projection-consumers.js';
import { timerForgotten } from './src/bus/timer-forgotten.js';
import type { Mailer } from './src/mail/mailer.js';
import { mailerOf } from './src/mail/mailer-of.js';
import { SendMail } from './src/mails/send-mail.js';
import { pruneTasks } from './src/persistence/followed-tasks.js';
import { Initial1763790000000 } from './src/persistence/migrations/1763790000000-initial.js';
import { pruneReminders } from './src/persistence/reminders.js';
import { Preferences } from './src/preferences/preferences.js';
import { dueSoonMail } from './src/reminders/due-soon-mail.js';
import { remind } from './src/reminders/remind.js';
import { timerForgottenMail } from './src/timers/timer-forgotten-mail.js';

type Parts = FeatureParts<typeof notificationsEdge.settings>;

const DUPLICATE_WINDOW_MS = 10 * 60 * 1_000;
const PRUNING_INTERVAL_MS = 10 * 60 * 1_000;
/** How long dead letters are kept, and a margin: what comes back from them is known. */
const LETTERS_MS = 120 * 24 * 60 * 60 * 1_000;

/** Starts what runs beside the requests, and stops it before the connections go. */
class Background implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly work: readonly (Periodic | OutboxRelay)[],
    private readonly mailer: Mailer,
  ) {}

  onModuleInit(): void {
    for (const work of this.work) work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.work.map((work) => work.stop()), this.mailer.close()]);
  }
}

@Module({})
class NotificationsModule {}

export const notificationsModule: FeatureModule<typeof notificationsEdge.settings> = {
  edge: notificationsEdge,
  migrations: [Initial1763790000000],
  create(parts) {
    const { bus, database, dataDirectory, environment, logger, metrics, settings } = parts;
    const signal = new OutboxSignal();
    const relay = makeRelay(parts, signal);
    const mailer = mailerOf(settings, { dev: environment === 'dev', dataDirectory, logger });
    sendMails(parts, mailer);
    followEvents(bus, database);
    watchOutbox(metrics, 'notifications', relay, database);
    return {
      module: NotificationsModule,
      controllers: [...notificationsControllers, PreferencesHandlers],
      providers: [
        { provide: NotificationsApi, useValue: new Preferences(database, signal) },
        { provide: Background, useValue: new Background([relay, ...makePeriodic(parts, signal)], mailer) },
      ],
      exports: [NotificationsApi],
    };
  },
};

function sendMails({ bus, database, logger, settings }: Parts, mailer: Mailer): void {
  const sender = new SendMail({ database, bus, mailer, logger });
  const options = { sendMs: settings.SMTP_TIMEOUT_SECONDS * 1_000, retryMs: settings.MAIL_RETRY_MINUTES * 60_000 };
  sendAccountMails(bus, sender, options);
  consumeMails(bus, taskDueSoon, dueSoonMail(database), sender, options);
  consumeMails(bus, timerForgotten, timerForgottenMail(bus), sender, options);
}

function makeRelay({ database, bus, connection, eventAgeMs, replicas, logger }: Parts, signal: OutboxSignal) {
  return new OutboxRelay({
    module: 'notifications',
    pool: database.pool,
    connection,
    signal,
    stream: { module: 'notifications', maxAgeMs: eventAgeMs, duplicateWindowMs: DUPLICATE_WINDOW_MS, replicas },
    logger,
    middleware: bus.host.middleware,
  });
}

function makePeriodic({ database, eventAgeMs, logger, settings }: Parts, signal: OutboxSignal): Periodic[] {
  const keepMs = eventAgeMs + LETTERS_MS;
  const pruning = (work: () => Promise<unknown>, what: string): Periodic =>
    new Periodic(work, {
      intervalMs: PRUNING_INTERVAL_MS,
      atOnce: true,
      onError: (error) => logger.warn({ err: error }, `Old ${what} could not be pruned`),
    });
  return [
    new Periodic(() => remind(database, signal), {
      intervalMs: settings.REMINDERS_INTERVAL_SECONDS * 1_000,
      onError: (error) => logger.warn({ err: error }, 'Tasks of which it is time to tell could not be looked for'),
    }),
    pruning(() => pruneInbox(database, 'notifications', keepMs), 'entries of the inbox'),
    pruning(() => pruneTasks(database, keepMs), 'traces of deleted tasks'),
    pruning(() => pruneReminders(database), 'reminders'),
  ];
}
