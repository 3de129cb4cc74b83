import { get, operations, post } from '@mono/contract';
import { entryEntityTag, RunningTimer, StartTimer, SwitchedTimer, TimeEntry } from './entry.js';
import { timeTrackingErrors } from './time-tracking.errors.js';

/** Each user has one timer in each workspace. The server's clock decides when it starts and stops. */
export const timerOperations = operations(
  'time-tracking',
  { tag: 'time', errors: timeTrackingErrors },
  {
    getTimer: get('/v1/time/timer', {
      summary: 'Get the timer of the signed-in user',
      description: 'Each user has at most one running timer in a workspace. Without one, the answer has null.',
      answer: 'The running timer, if there is one.',
      scope: { user: 'time:read' },
      respectsLists: true,
      reply: RunningTimer,
    }),
    startTimer: post('/v1/time/timer/start', {
      summary: 'Start the timer of the signed-in user',
      description:
        'Creates an entry that starts now and runs until it is stopped. Fails if a timer runs already; `switch` stops that one first.',
      answer: 'The entry of the timer.',
      scope: { user: 'time:write' },
      respectsLists: true,
      body: StartTimer,
      reply: TimeEntry,
      etag: entryEntityTag,
      location: ({ id }) => `/v1/time/entries/${id}`,
      idempotencyKey: true,
      errors: ['timer_running', 'task_not_found', 'entries_overlap'],
    }),
    stopTimer: post('/v1/time/timer/stop', {
      summary: 'Stop the timer of the signed-in user',
      description: 'The entry of the timer ends now.',
      answer: 'The entry of the timer.',
      scope: { user: 'time:write' },
      respectsLists: true,
      reply: TimeEntry,
      etag: entryEntityTag,
      idempotencyKey: true,
      errors: ['timer_not_running'],
    }),
    switchTimer: post('/v1/time/timer/switch', {
      summary: 'Stop the running timer and start another one',
      description: 'Both happen at the same instant, so that no time is lost between the entries.',
      answer: 'The stopped entry, if a timer was running, and the started one.',
      scope: { user: 'time:write' },
      respectsLists: true,
      body: StartTimer,
      reply: SwitchedTimer,
      idempotencyKey: true,
      errors: ['task_not_found', 'entries_overlap'],
    }),
  },
);
