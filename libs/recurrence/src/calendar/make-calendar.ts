// The calendar's use cases, put together for the module.
import { apiKeysOperations, type MembersApi } from '@mono/auth/contract';
import type { Bus } from '@mono/bus';
import type { OutboxSignal } from '@mono/bus/outbox';
import { clientOf } from '@mono/contract';
import { type Logger, type TransactionalExecutor } from '@mono/platform';
import { endFeeds } from '../bus/feed-ends.js';
import type { Generation } from '../generation/generate.js';
import { Soon } from '../generation/soon.js';
import type { Leavers } from '../members/forget-leavers.js';
import { Exceptions } from '../occurrences/exceptions.js';
import { Surroundings, type Neighbours } from '../templates/surroundings.js';
import { Templates } from '../templates/templates.js';
import { CalendarUseCases } from './calendar-use-cases.js';
import { CreatorRights } from './creator-rights.js';
import { Feeds } from './feeds.js';
import { ImportCalendars } from './import-calendars.js';

export interface CalendarParts {
  database: TransactionalExecutor;
  signal: OutboxSignal;
  bus: Bus;
  neighbours: Neighbours & { members: MembersApi };
  leavers: Pick<Leavers, 'settled'>;
  generation: Generation;
  logger: Pick<Logger, 'warn'>;
  publicUrl: () => string;
}

/** To be called before the bus starts: it hears what ends feeds. */
export function makeCalendar(parts: CalendarParts): CalendarUseCases {
  const { database, signal, bus, neighbours, leavers, generation, logger } = parts;
  const surroundings = new Surroundings(neighbours);
  const soon = new Soon(generation, logger);
  const templates = new Templates(database, signal, surroundings, soon);
  const exceptions = new Exceptions(database, signal, surroundings, soon);
  const rights = new CreatorRights({
    keys: clientOf(bus, apiKeysOperations),
    members: neighbours.members,
  });
  endFeeds(bus, database, signal);
  return new CalendarUseCases(
    database,
    new Feeds({
      database,
      signal,
      surroundings,
      leavers,
      lists: neighbours.tasks,
      rights,
      publicUrl: () => parts.publicUrl(),
    }),
    new ImportCalendars({ database, surroundings, templates, exceptions, soon }),
  );
}
