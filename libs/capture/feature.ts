// The capture feature: every node loads this file; the module's code loads where it runs.
import { defineFeature } from '@mono/platform';
import { captureOperations } from './contract/index.js';
import { Initial1764900000000 } from './src/persistence/migrations/1764900000000-initial.js';

export const captureFeature = defineFeature({
  name: 'capture',
  operations: [captureOperations],
  migrations: [Initial1764900000000],
  load: async () => (await import('./module.js')).CaptureModule,
});
