// The notifications module where it runs.
import { Module } from '@nestjs/common';
import { ConfigModule, DatabaseModule, OutboxModule } from '@mono/platform';
import { NotificationsApi } from './contract/index.js';
import { PreferencesHandlers } from './src/bus/preferences.handlers.js';
import { PreferencesController } from './src/http/preferences.controller.js';
import { mailerProvider } from './src/mail/mailer-of.js';
import { MailsConsumer } from './src/mails/mails.consumer.js';
import { SendMail } from './src/mails/send-mail.js';
import { Preferences } from './src/preferences/preferences.js';
import { AccountsConsumer } from './src/reminders/accounts.consumer.js';
import { Reminders } from './src/reminders/reminders.js';
import { TasksConsumer } from './src/reminders/tasks.consumer.js';
import { notificationsConfig } from './src/settings.js';

@Module({
  imports: [
    ConfigModule.forFeature(notificationsConfig),
    DatabaseModule.forFeature({ module: 'notifications' }),
    OutboxModule.forFeature({ module: 'notifications', inbox: true }),
  ],
  controllers: [PreferencesController, PreferencesHandlers, TasksConsumer, AccountsConsumer, MailsConsumer],
  providers: [{ provide: NotificationsApi, useClass: Preferences }, mailerProvider, SendMail, Reminders],
  exports: [NotificationsApi],
})
export class NotificationsModule {}
