// That a timer seems to be forgotten, as a contract.
import { defineEvent } from '@mono/bus';
import type { TimeTrackingEvent } from '@mono/time-tracking/contract';

/** What the mail needs of the event. */
export class TimerForgottenEvent implements Pick<
  TimeTrackingEvent,
  'id' | 'aggregate_id' | 'workspace_id' | 'request_id'
> {
  /** UUIDv7. */
  id: string;
  event: 'timer_forgotten';
  /** The entry that the timer writes. */
  aggregate_id: string;
  workspace_id: string;
  request_id: string;
  user_id: NonNullable<TimeTrackingEvent['user_id']>;
  timer: NonNullable<TimeTrackingEvent['timer']>;
}

export const timerForgotten = defineEvent({
  module: 'time-tracking',
  name: 'timer_forgotten',
  event: TimerForgottenEvent,
});
