import { Throttle1763683500000 } from './migrations/1763683500000-throttle.js';
import { ZoneData1763683800000 } from './migrations/1763683800000-zone-data.js';

/** The migrations of the schema `platform`. The feature admin adds its own. */
export const platformMigrations = [Throttle1763683500000, ZoneData1763683800000];
