// What every node loads of this module: its contract and its REST routes, over the bus.
import { Module } from '@nestjs/common';
import { Bus } from '@mono/bus';
import type { FeatureEdge } from '@mono/platform';
import {
  CalendarApi,
  CalendarBusClient,
  calendarContracts,
  feedEvents,
  RecurrenceApi,
  RecurrenceBusClient,
  recurrenceContracts,
} from './contract/index.js';
import { CalendarsController } from './src/http/calendars.controller.js';
import { FeedReaderController } from './src/http/feed-reader.controller.js';
import { FeedsController } from './src/http/feeds.controller.js';
import { OccurrencesController } from './src/http/occurrences.controller.js';
import { RecurrenceController } from './src/http/recurrence.controller.js';
import { TemplatesController } from './src/http/templates.controller.js';
import { recurrenceSettings } from './src/settings.js';

export const recurrenceControllers = [
  RecurrenceController,
  CalendarsController,
  TemplatesController,
  OccurrencesController,
  FeedsController,
  FeedReaderController,
];

@Module({})
class RecurrenceEdge {}

export const recurrenceEdge: FeatureEdge<typeof recurrenceSettings> = {
  name: 'recurrence',
  settings: recurrenceSettings,
  contracts: [...recurrenceContracts, ...calendarContracts],
  audited: feedEvents,
  module: {
    module: RecurrenceEdge,
    controllers: recurrenceControllers,
    providers: [
      { provide: RecurrenceApi, useFactory: (bus: Bus) => new RecurrenceBusClient(bus), inject: [Bus] },
      { provide: CalendarApi, useFactory: (bus: Bus) => new CalendarBusClient(bus), inject: [Bus] },
    ],
    exports: [RecurrenceApi, CalendarApi],
  },
};
