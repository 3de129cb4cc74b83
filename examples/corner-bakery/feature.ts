// The corner-bakery feature: every node loads this file; the module's code loads where it runs.
import { defineFeature } from '@mono/platform';
import { ryeLoavesOperations } from './contract/index.js';
import { Initial1767225600000 } from './src/persistence/migrations/1767225600000-initial.js';

export const cornerBakeryFeature = defineFeature({
  name: 'corner-bakery',
  operations: [ryeLoavesOperations],
  scopes: { 'corner-bakery:read': 'viewer', 'corner-bakery:write': 'member' },
  tags: { 'rye loaves': 'Rye loaves of the workspace.' },
  migrations: [Initial1767225600000],
  load: async () => (await import('./module.js')).CornerBakeryModule,
});
