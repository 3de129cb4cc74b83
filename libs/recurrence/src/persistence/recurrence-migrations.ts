import { Initial1763800000000 } from './migrations/1763800000000-initial.js';
import { Feeds1763800100000 } from './migrations/1763800100000-feeds.js';
import { TemplateProblem1763800200000 } from './migrations/1763800200000-template-problem.js';
import { OutboxPlaces1764300000000 } from './migrations/1764300000000-outbox-places.js';
import { Memberships1764400100000 } from './migrations/1764400100000-memberships.js';
import { ZoneRelease1764600000000 } from './migrations/1764600000000-zone-release.js';

/** Of the schema `recurrence`, in their order. */
export const recurrenceMigrations = [
  Initial1763800000000,
  Feeds1763800100000,
  TemplateProblem1763800200000,
  OutboxPlaces1764300000000,
  Memberships1764400100000,
  ZoneRelease1764600000000,
];
