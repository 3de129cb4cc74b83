// The admin feature: every node loads this file, and runs the module.
import { defineFeature } from '@mono/platform';
import { auditOperations, deadLettersOperations } from './contract/index.js';
import { adminConfig } from './src/admin.config.js';
import { DeadLetters1763683300000 } from './src/persistence/migrations/1763683300000-dead-letters.js';
import { Audit1763683400000 } from './src/persistence/migrations/1763683400000-audit.js';
import { Inbox1763683600000 } from './src/persistence/migrations/1763683600000-inbox.js';
import { AuditRestore1764500000000 } from './src/persistence/migrations/1764500000000-audit-restore.js';
import { DeadLetterPlaces1764600000000 } from './src/persistence/migrations/1764600000000-dead-letter-places.js';

export const adminFeature = defineFeature({
  name: 'admin',
  onEveryNode: true,
  config: adminConfig,
  operations: [auditOperations, deadLettersOperations],
  tags: { admin: 'Administration of the installation, for operators.' },
  migrations: [
    DeadLetters1763683300000,
    Audit1763683400000,
    Inbox1763683600000,
    AuditRestore1764500000000,
    DeadLetterPlaces1764600000000,
  ],
  load: async () => (await import('./module.js')).AdminModule,
});
