// The notifications module where it runs: use cases, handlers, what sends mails, and what runs beside them.
import { Module } from '@nestjs/common';
import { OutboxSignal, pruneInbox } from '@mono/bus/outbox';
import {
  Background,
  eventMemoryMs,
  type FeatureModule,
  type FeatureParts,
  makePruning,
  makeRelay,
  Periodic,
  type Work,
  ZoneChanges,
} from '@mono/platform';
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
import { ZoneRelease1764600000000 } from './src/persistence/migrations/1764600000000-zone-release.js';
import { OutboxPlaces1764300000000 } from './src/persistence/migrations/1764300000000-outbox-places.js';
import { pruneReminders } from './src/persistence/reminders.js';
import { Preferences } from './src/preferences/preferences.js';
import { dueSoonMail } from './src/reminders/due-soon-mail.js';
import { remind } from './src/reminders/remind.js';
import { reminderZones, retimeZone } from './src/reminders/retime-zone.js';
import { timerForgottenMail } from './src/timers/timer-forgotten-mail.js';

type Parts = FeatureParts<typeof notificationsEdge.settings>;

@Module({})
class NotificationsModule {}

export const notificationsModule: FeatureModule<typeof notificationsEdge.settings> = {
  edge: notificationsEdge,
  migrations: [Initial1763790000000, OutboxPlaces1764300000000, ZoneRelease1764600000000],
  create(parts) {
    const { bus, database, dataDirectory, environment, logger, settings } = parts;
    const signal = new OutboxSignal();
    const relay = makeRelay('notifications', parts, signal);
    const mailer = mailerOf(settings, { dev: environment === 'dev', dataDirectory, logger });
    sendMails(parts, mailer);
    followEvents(bus, database);
    return {
      module: NotificationsModule,
      controllers: [...notificationsControllers, PreferencesHandlers],
      providers: [
        { provide: NotificationsApi, useValue: new Preferences(database, signal) },
        { provide: Background, useValue: new Background([relay, ...makePeriodic(parts, signal), workOf(mailer)]) },
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

/** It is open from its making on. */
function workOf(mailer: Mailer): Work {
  return { start: () => undefined, stop: () => mailer.close() };
}

function makePeriodic(parts: Parts, signal: OutboxSignal): Periodic[] {
  const { database, logger, settings } = parts;
  const keepMs = eventMemoryMs(parts);
  const zones = new ZoneChanges({
    database,
    schema: 'notifications',
    zonesInUse: reminderZones,
    move: retimeZone,
    onMoved: () => undefined,
    logger,
  });
  return [
    zones.periodic(),
    new Periodic(() => remind(database, signal), {
      intervalMs: settings.REMINDERS_INTERVAL_SECONDS * 1_000,
      onError: (error) => logger.warn({ err: error }, 'Tasks of which it is time to tell could not be looked for'),
    }),
    makePruning(parts, 'Old entries of the inbox', () => pruneInbox(database, 'notifications', keepMs)),
    makePruning(parts, 'Old traces of deleted tasks', () => pruneTasks(database, keepMs)),
    makePruning(parts, 'Old reminders', () => pruneReminders(database)),
  ];
}
