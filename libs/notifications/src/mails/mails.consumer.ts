// One durable consumer per kind of mail, so that failures of one kind do not delay others.
import { Controller, Inject } from '@nestjs/common';
import { authEvents } from '@mono/auth/contract';
import { attemptsWithin, Bus, type BusContext } from '@mono/bus';
import { Database, OnEvent, type ConfigOf, type Executor } from '@mono/platform';
import { timeTrackingEvents, type TimerForgotten } from '@mono/time-tracking/contract';
import { webhooksEvents, type WebhookDisabled } from '@mono/webhooks/contract';
import {
  notificationsEvents,
  type DailyDigest,
  type TaskDueSoonReminder,
  type TasksAssigned,
} from '../../contract/index.js';
import { notificationsConfig } from '../settings.js';
import { UnsubscribeLinks } from '../unsubscribe/unsubscribe-links.js';
import { ACCOUNT_MAILS, type AccountEvent } from './account-mails.js';
import { assignmentMail } from './assignment-mails.js';
import { digestMail } from './digest-mail.js';
import { dueSoonMail, timerForgottenMail, type Sources } from './reminder-mails.js';
import { isFinal, SendMail } from './send-mail.js';
import { webhookDisabledMail } from './webhook-mails.js';

/** The first pause; it doubles. */
const BACKOFF_MS = 1_000;
/** Time for requests to auth and for the database, in addition to the send. */
const OVERHEAD_MS = 15_000;

type AccountMail = keyof typeof ACCOUNT_MAILS;
const accountEvents = (Object.keys(ACCOUNT_MAILS) as AccountMail[]).map((name) => authEvents[name]);

const EACH_KIND = {
  consumer: ({ name }: { name: string }) => `notifications-${name}`,
  module: 'notifications',
  /** Concurrent sends per kind and node. */
  concurrency: 4,
  backoffMs: BACKOFF_MS,
  /** Mails of a kind that wait for their next attempt without delaying later ones. */
  maxPending: 50_000,
  isFinal,
  config: notificationsConfig,
  options: ({ SMTP_TIMEOUT_SECONDS, MAIL_RETRY_MINUTES }: ConfigOf<typeof notificationsConfig>) => ({
    timeoutMs: SMTP_TIMEOUT_SECONDS * 1_000 + OVERHEAD_MS,
    attempts: attemptsWithin(MAIL_RETRY_MINUTES * 60_000, BACKOFF_MS),
  }),
};

/** Sends a mail per event, and acknowledges the event once the mail is delivered. */
@Controller()
export class MailsConsumer {
  private readonly sources: Sources;

  constructor(
    private readonly mails: SendMail,
    @Inject(Database) database: Executor,
    private readonly bus: Bus,
    links: UnsubscribeLinks,
  ) {
    this.sources = { database, bus, links };
  }

  @OnEvent(accountEvents, EACH_KIND)
  sendAccountMail(event: AccountEvent & { event: AccountMail }, context: BusContext): Promise<void> {
    return this.mails.send(event, ACCOUNT_MAILS[event.event], context);
  }

  @OnEvent(notificationsEvents.task_due_soon, EACH_KIND)
  sendReminder(event: TaskDueSoonReminder, context: BusContext): Promise<void> {
    return this.mails.send(event, dueSoonMail(this.sources), context);
  }

  @OnEvent(notificationsEvents.tasks_assigned, EACH_KIND)
  sendAssignments(event: TasksAssigned, context: BusContext): Promise<void> {
    return this.mails.send(event, assignmentMail(this.sources), context);
  }

  @OnEvent(notificationsEvents.daily_digest, EACH_KIND)
  sendDigest(event: DailyDigest, context: BusContext): Promise<void> {
    return this.mails.send(event, digestMail(this.sources), context);
  }

  @OnEvent(timeTrackingEvents.timer_forgotten, EACH_KIND)
  sendTimerForgotten(event: TimerForgotten, context: BusContext): Promise<void> {
    return this.mails.send(event, timerForgottenMail(this.sources), context);
  }

  @OnEvent(webhooksEvents.disabled, { ...EACH_KIND, consumer: 'notifications-webhook_disabled' })
  sendWebhookDisabled(event: WebhookDisabled, context: BusContext): Promise<void> {
    return this.mails.send(event, webhookDisabledMail(this.bus), context);
  }
}
