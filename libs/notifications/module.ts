// The notifications module where it runs.
import { Module } from '@nestjs/common';
import { ConfigModule, DatabaseModule, OutboxModule } from '@mono/platform';
import { AssignmentsConsumer } from './src/assignments/assignments.consumer.js';
import { Assignments } from './src/assignments/assignments.js';
import { Digests } from './src/digest/digests.js';
import { ZonesConsumer } from './src/digest/zones.consumer.js';
import { mailerProvider } from './src/mail/create-mailer.js';
import { MailsConsumer } from './src/mails/mails.consumer.js';
import { SendMail } from './src/mails/send-mail.js';
import { PreferencesController } from './src/preferences/preferences.controller.js';
import { Preferences } from './src/preferences/preferences.js';
import { AccountsConsumer } from './src/reminders/accounts.consumer.js';
import { Reminders } from './src/reminders/reminders.js';
import { TasksConsumer } from './src/reminders/tasks.consumer.js';
import { notificationsConfig } from './src/settings.js';
import { UnsubscribeLinks } from './src/unsubscribe/unsubscribe-links.js';
import { UnsubscribeController } from './src/unsubscribe/unsubscribe.controller.js';

@Module({
  imports: [
    ConfigModule.forFeature(notificationsConfig),
    DatabaseModule.forFeature({ module: 'notifications' }),
    OutboxModule.forFeature({ module: 'notifications', inbox: true }),
  ],
  controllers: [
    PreferencesController,
    UnsubscribeController,
    TasksConsumer,
    AssignmentsConsumer,
    AccountsConsumer,
    ZonesConsumer,
    MailsConsumer,
  ],
  providers: [mailerProvider, SendMail, Preferences, UnsubscribeLinks, Reminders, Assignments, Digests],
})
export class NotificationsModule {}
