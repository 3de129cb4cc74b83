// The modules of this build: the edge of each is on every node, its code only where it runs.
import { adminFeature } from '@mono/admin/feature';
import { authFeature } from '@mono/auth/feature';
import { declareScopes } from '@mono/contract';
import { notificationsFeature } from '@mono/notifications/feature';
import type { Feature, FeatureEdge, FeatureModule, Settings } from '@mono/platform';
import { recurrenceFeature } from '@mono/recurrence/feature';
import { tasksFeature } from '@mono/tasks/feature';
import { timeTrackingFeature } from '@mono/time-tracking/feature';

interface FeatureOfApp {
  edge: FeatureEdge;
  load: () => Promise<FeatureModule>;
}

export const FEATURES: readonly FeatureOfApp[] = [
  nestFeature(adminFeature),
  nestFeature(authFeature),
  nestFeature(notificationsFeature),
  nestFeature(recurrenceFeature),
  nestFeature(tasksFeature),
  nestFeature(timeTrackingFeature),
];

for (const { edge } of FEATURES) declareScopes(edge.scopes ?? {});

/** What MODULES chooses from. */
export const FEATURE_NAMES: readonly string[] = FEATURES.filter(({ edge }) => !edge.onEveryNode).map(
  ({ edge }) => edge.name,
);

/** The features of a node. @param chosen by MODULES. */
export function runningOf(chosen: readonly string[]): FeatureOfApp[] {
  return FEATURES.filter(({ edge }) => edge.onEveryNode || chosen.includes(edge.name));
}

/** The code of the modules that run here. */
export async function loadFeatures(chosen: readonly string[]): Promise<FeatureModule[]> {
  const running = runningOf(chosen);
  return Promise.all(running.map(({ load }) => load()));
}

/** A Nest module in the shape of those that are made of parts. */
function nestFeature<S extends Settings>(feature: Feature<S>): FeatureOfApp {
  const { everywhere, migrations } = feature;
  const edge = feature as unknown as FeatureEdge;
  return {
    edge,
    async load() {
      const module = await feature.load();
      return { edge, migrations, create: () => ({ module, imports: [everywhere] }) };
    },
  };
}
