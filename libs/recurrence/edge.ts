// What every node loads of this module: its operations, and the routes whose bodies are calendars.
import { Module } from '@nestjs/common';
import type { FeatureEdge } from '@mono/platform';
import { calendarsOperations, feedEvents, occurrencesOperations, templatesOperations } from './contract/index.js';
import { CalendarFilesController } from './src/http/calendar-files.controller.js';
import { FeedReaderController } from './src/http/feed-reader.controller.js';
import { recurrenceSettings } from './src/settings.js';

export const calendarControllers = [CalendarFilesController, FeedReaderController];

@Module({})
class RecurrenceEdge {}

export const recurrenceEdge: FeatureEdge<typeof recurrenceSettings> = {
  name: 'recurrence',
  settings: recurrenceSettings,
  contracts: [],
  operations: [templatesOperations, occurrencesOperations, calendarsOperations],
  audited: feedEvents,
  module: { module: RecurrenceEdge, controllers: calendarControllers },
};
