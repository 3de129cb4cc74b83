// The migrations of this module, the oldest first.
import { Initial1764200000000 } from './migrations/1764200000000-initial.js';

export const timeTrackingMigrations = [Initial1764200000000];
