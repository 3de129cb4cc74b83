// The modules of this build: the edge of each is on every node, its code only where it runs.
import { authEdge } from '@mono/auth/edge';
import { notificationsEdge } from '@mono/notifications/edge';
import type { FeatureEdge, FeatureModule } from '@mono/platform';
import { recurrenceEdge } from '@mono/recurrence/edge';
import { tasksEdge } from '@mono/tasks/edge';
import { timeTrackingEdge } from '@mono/time-tracking/edge';

interface Feature {
  edge: FeatureEdge;
  load: () => Promise<FeatureModule>;
}

export const FEATURES: readonly Feature[] = [
  { edge: authEdge, load: async () => (await import('@mono/auth/module')).authModule },
  { edge: notificationsEdge, load: async () => (await import('@mono/notifications/module')).notificationsModule },
  { edge: recurrenceEdge, load: async () => (await import('@mono/recurrence/module')).recurrenceModule },
  { edge: tasksEdge, load: async () => (await import('@mono/tasks/module')).tasksModule },
  { edge: timeTrackingEdge, load: async () => (await import('@mono/time-tracking/module')).timeTrackingModule },
];

export const FEATURE_NAMES: readonly string[] = FEATURES.map(({ edge }) => edge.name);

/** The code of the modules that run here. */
export async function loadFeatures(names: readonly string[]): Promise<FeatureModule[]> {
  const running = FEATURES.filter(({ edge }) => names.includes(edge.name));
  return Promise.all(running.map(({ load }) => load()));
}
