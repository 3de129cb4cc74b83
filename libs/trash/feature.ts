// The trash feature. Every node runs it: it keeps nothing, and asks the owners of the things.
import { defineFeature } from '@mono/platform';
import { trashOperations } from './contract/index.js';

export const trashFeature = defineFeature({
  name: 'trash',
  onEveryNode: true,
  operations: [trashOperations],
  tags: { trash: 'Deleted things, which can be restored.' },
  load: async () => (await import('./module.js')).TrashModule,
});
