// The corner-bakery feature: every node loads this file; the module's code loads where it runs.
import { changesOf } from '@mono/contract';
import { defineFeature } from '@mono/platform';
import { cornerBakeryEvents, ryeLoavesOperations } from './contract/index.js';
import { Initial1767225600000 } from './src/persistence/migrations/1767225600000-initial.js';

export const cornerBakeryFeature = defineFeature({
  name: 'corner-bakery',
  operations: [ryeLoavesOperations],
  scopes: { 'corner-bakery:read': 'viewer', 'corner-bakery:write': 'member' },
  tags: { 'rye loaves': 'Rye loaves of the workspace.' },
  events: [
    changesOf(
      'rye_loaf',
      { scope: 'corner-bakery:read', audience: 'workspace' },
      {
        created: cornerBakeryEvents.rye_loaf_created,
        updated: cornerBakeryEvents.rye_loaf_updated,
        deleted: cornerBakeryEvents.rye_loaf_deleted,
      },
    ),
  ],
  migrations: [Initial1767225600000],
  load: async () => (await import('./module.js')).CornerBakeryModule,
});
