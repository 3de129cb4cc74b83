// That a timer seems to be forgotten, as a contract.
import { defineEvent } from '@mono/bus';
import type { TimerForgotten } from '@mono/time-tracking/contract';

/** What the mail needs of the event. */
export class TimerForgottenEvent implements Pick<
  TimerForgotten,
  'id' | 'aggregate_id' | 'workspace_id' | 'request_id'
> {
  /** UUIDv7. */
  id: string;
  event: 'timer_forgotten';
  /** The entry that the timer writes. */
  aggregate_id: string;
  workspace_id: string;
  request_id: string;
  user_id: TimerForgotten['user_id'];
  timer: TimerForgotten['timer'];
}

export const timerForgotten = defineEvent({
  module: 'time-tracking',
  name: 'timer_forgotten',
  event: TimerForgottenEvent,
});
