import { del, get, idOf, operations, patch, path, post, type ClientOf } from '@mono/contract';
import { CreateEntry, entryEntityTag, EntryPage, EntryPatch, EntryQuery, TimeEntry } from './entry.js';
import { timeTrackingErrors } from './time-tracking.errors.js';

const entry = path('/v1/time/entries/:id', { id: idOf('entry') });

/**
 * All members read all entries of the workspace, or admins do and others their own: `time_entries_visible_to` of the workspace. A user
 * writes their own; an admin and a key write everybody's.
 */
export const entriesOperations = operations(
  'time-tracking',
  { tag: 'time', errors: timeTrackingErrors },
  {
    createEntry: post('/v1/time/entries', {
      operationId: 'createTimeEntry',
      summary: 'Create a time entry',
      description:
        'Records time with `started_at` and either `ended_at` or `duration`. A user records their own time; admins and API keys that of all members.',
      answer: 'The created entry.',
      scope: 'time:write',
      respectsLists: true,
      body: CreateEntry,
      reply: TimeEntry,
      etag: entryEntityTag,
      location: ({ id }) => `/v1/time/entries/${id}`,
      idempotencyKey: true,
      errors: ['task_not_found', 'member_not_found', 'entries_overlap', 'period_locked'],
    }),
    findEntries: get('/v1/time/entries', {
      operationId: 'findTimeEntries',
      summary: 'Find time entries',
      description:
        'Entries written by hand or by a timer, filtered by time, user, task and list. Members and viewers get their own only where `time_entries_visible_to` of the workspace is `admins`.',
      answer: 'A page of entries, ordered by start.',
      scope: 'time:read',
      respectsLists: true,
      query: EntryQuery,
      reply: EntryPage,
      errors: ['query_too_expensive'],
      // Longer than a turn in the queue of expensive queries and a query take. That queue is fair among workspaces; the queue of a
      // handler is not.
      timeoutMs: 25_000,
      concurrency: 512,
    }),
    getEntry: get(entry, {
      operationId: 'getTimeEntry',
      summary: 'Get a time entry',
      description: 'Shows a time entry, also a running one.',
      answer: 'The entry.',
      scope: 'time:read',
      respectsLists: true,
      reply: TimeEntry,
      etag: entryEntityTag,
      errors: ['entry_not_found'],
    }),
    updateEntry: patch(entry, {
      operationId: 'updateTimeEntry',
      summary: 'Update a time entry',
      description:
        'Changes the given fields, as a JSON Merge Patch. Another start keeps the end; another duration keeps the start.',
      answer: 'The updated entry.',
      scope: 'time:write',
      respectsLists: true,
      patch: EntryPatch,
      reply: TimeEntry,
      etag: entryEntityTag,
      ifMatch: true,
      errors: [
        'entry_not_found',
        'task_not_found',
        'entries_overlap',
        'period_locked',
        'version_conflict',
        'empty_update',
      ],
    }),
    deleteEntry: del(entry, {
      operationId: 'deleteTimeEntry',
      summary: 'Delete a time entry',
      description: 'The entry is gone for good. Entries in a closed period cannot be deleted.',
      answer: 'Entry deleted.',
      scope: 'time:write',
      respectsLists: true,
      ifMatch: true,
      errors: ['entry_not_found', 'period_locked', 'version_conflict'],
    }),
  },
);

export type EntriesClient = ClientOf<typeof entriesOperations>;
