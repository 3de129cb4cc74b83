// The migrations of this module, the oldest first.
import { Initial1764200000000 } from './migrations/1764200000000-initial.js';
import { OutboxPlaces1764300000000 } from './migrations/1764300000000-outbox-places.js';
import { Search1764300000011 } from './migrations/1764300000011-search.js';

export const timeTrackingMigrations = [Initial1764200000000, OutboxPlaces1764300000000, Search1764300000011];
