import { DeadLetters1763683300000 } from './migrations/1763683300000-dead-letters.js';
import { Audit1763683400000 } from './migrations/1763683400000-audit.js';
import { Throttle1763683500000 } from './migrations/1763683500000-throttle.js';
import { Inbox1763683600000 } from './migrations/1763683600000-inbox.js';
import { ZoneData1763683800000 } from './migrations/1763683800000-zone-data.js';
import { AuditRestore1764500000000 } from './migrations/1764500000000-audit-restore.js';
import { DeadLetterPlaces1764600000000 } from './migrations/1764600000000-dead-letter-places.js';

/** Of the schema `platform`: what belongs to no module. */
export const platformMigrations = [
  DeadLetters1763683300000,
  Audit1763683400000,
  Throttle1763683500000,
  Inbox1763683600000,
  ZoneData1763683800000,
  AuditRestore1764500000000,
  DeadLetterPlaces1764600000000,
];
