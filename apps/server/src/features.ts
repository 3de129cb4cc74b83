// The features of this build: every node loads each of them, and the module's code only where it runs.
import type { Type } from '@nestjs/common';
import { adminFeature } from '@mono/admin/feature';
import { authFeature } from '@mono/auth/feature';
import { captureFeature } from '@mono/capture/feature';
import { changesFeature } from '@mono/changes/feature';
import { notificationsFeature } from '@mono/notifications/feature';
import type { Feature } from '@mono/platform';
import { recurrenceFeature } from '@mono/recurrence/feature';
import { tasksFeature } from '@mono/tasks/feature';
import { timeTrackingFeature } from '@mono/time-tracking/feature';
import { trashFeature } from '@mono/trash/feature';
import { webhooksFeature } from '@mono/webhooks/feature';

/** A feature that runs on this node. */
export interface RunningFeature {
  feature: Feature;
  module: Type;
}

export const FEATURES: readonly Feature[] = [
  adminFeature,
  authFeature,
  captureFeature,
  changesFeature,
  notificationsFeature,
  recurrenceFeature,
  tasksFeature,
  timeTrackingFeature,
  trashFeature,
  webhooksFeature,
];

/** What MODULES chooses from. */
export const FEATURE_NAMES: readonly string[] = FEATURES.filter(({ onEveryNode }) => !onEveryNode).map(
  ({ name }) => name,
);

/** The features of a node. @param chosen by MODULES. */
export function runningOf(chosen: readonly string[]): Feature[] {
  return FEATURES.filter(({ name, onEveryNode }) => onEveryNode || chosen.includes(name));
}

/** The features of a node, with the code of their modules. @param chosen by MODULES. */
export function loadFeatures(chosen: readonly string[]): Promise<RunningFeature[]> {
  return Promise.all(runningOf(chosen).map(async (feature) => ({ feature, module: await feature.load() })));
}
