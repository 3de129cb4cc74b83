// The changes feature: every node loads this file; the module's code loads where it runs.
import { defineFeature } from '@mono/platform';
import { changesOperations } from './contract/index.js';
import { changesConfig } from './src/changes.config.js';
import { FollowModule } from './src/follow/follow.module.js';
import { Initial1764700000000 } from './src/persistence/migrations/1764700000000-initial.js';
import { StreamController } from './src/stream/stream.controller.js';
import { StreamModule } from './src/stream/stream.module.js';

export const changesFeature = defineFeature({
  name: 'changes',
  config: changesConfig,
  operations: [changesOperations],
  tags: { changes: 'The change feed of the workspace.' },
  imports: [FollowModule, StreamModule],
  controllers: [StreamController],
  migrations: [Initial1764700000000],
  load: async () => (await import('./module.js')).ChangesModule,
});
