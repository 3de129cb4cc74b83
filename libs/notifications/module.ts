// The notifications module where it runs.
import { Module } from '@nestjs/common';
import { ConfigModule, DatabaseModule, OutboxModule } from '@mono/platform';
import { mailerProvider } from './src/mail/create-mailer.js';
import { MailsConsumer } from './src/mails/mails.consumer.js';
import { SendMail } from './src/mails/send-mail.js';
import { PreferencesController } from './src/preferences/preferences.controller.js';
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
  controllers: [PreferencesController, TasksConsumer, AccountsConsumer, MailsConsumer],
  providers: [mailerProvider, SendMail, Reminders],
})
export class NotificationsModule {}
