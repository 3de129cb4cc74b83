import { get, operations, patch, post } from '@mono/contract';
import { LockPeriod, PeriodLock, TimeSettings, TimeSettingsPatch } from './settings.js';

const etag = ({ version }: { version: number }): string => String(version);

/** Callers that are limited to lists read these, because they apply to their entries, and change none. */
export const timeSettingsOperations = operations(
  'time-tracking',
  { tag: 'time' },
  {
    getSettings: get('/v1/time/settings', {
      operationId: 'getTimeSettings',
      summary: 'Get the time settings of the workspace',
      description:
        'Shows how shown durations are rounded, and after how many hours a running timer counts as forgotten.',
      answer: 'The settings.',
      scope: 'time:read',
      respectsLists: true,
      reply: TimeSettings,
      etag,
    }),
    updateSettings: patch('/v1/time/settings', {
      operationId: 'updateTimeSettings',
      summary: 'Update the time settings of the workspace',
      description: 'Changes the given fields, as a JSON Merge Patch, for all members.',
      answer: 'The updated settings.',
      scope: 'admin',
      patch: TimeSettingsPatch,
      reply: TimeSettings,
      etag,
      ifMatch: true,
      errors: ['version_conflict', 'empty_update'],
    }),
    getLock: get('/v1/time/lock', {
      operationId: 'getTimeLock',
      summary: 'Get the end of the closed period',
      description: 'Entries in the closed period cannot be created, updated or deleted.',
      answer: 'The lock.',
      scope: 'time:read',
      respectsLists: true,
      reply: PeriodLock,
      etag,
    }),
    lockPeriod: post('/v1/time/lock', {
      operationId: 'lockTime',
      summary: 'Close a period',
      description:
        'Entries in a closed period cannot be created, updated or deleted. An earlier instant or null reopens time.',
      answer: 'The updated lock.',
      scope: 'admin',
      body: LockPeriod,
      reply: PeriodLock,
      etag,
      idempotencyKey: true,
    }),
  },
);
