// Events of a garden: beds are lists, plants are in beds, and tasks are to be done.
import { changesOf, defineEvents, EventBody, type ChangeKind } from '@mono/contract';
import { uuidv7 } from 'uuidv7';

class PlantEvent extends EventBody {
  event:
    'planted' | 'watered' | 'uprooted' | 'bed_dug' | 'secret_told' | 'diary_written' | 'task_made' | 'task_changed';
  aggregate: 'plant' | 'bed' | 'secret' | 'diary' | 'task';
  workspace_id: string;
}

export const gardenEvents = defineEvents('garden', {
  planted: PlantEvent,
  watered: PlantEvent,
  uprooted: PlantEvent,
  bed_dug: PlantEvent,
  secret_told: PlantEvent,
  diary_written: PlantEvent,
  task_made: PlantEvent,
  task_changed: PlantEvent,
});

const { planted, watered, uprooted, bed_dug, secret_told, diary_written, task_made, task_changed } = gardenEvents;

export const THINGS = [
  changesOf(
    'plant',
    { scope: 'tasks:read', audience: 'list', keys: ['species'] },
    { created: planted, updated: watered, deleted: uprooted },
  ),
  changesOf('bed', { scope: 'tasks:read', audience: 'itself' }, { created: bed_dug }),
  changesOf('task', { scope: 'tasks:read', audience: 'list' }, { created: task_made, updated: task_changed }),
  changesOf('secret', { scope: 'admin', audience: 'unlimited' }, { updated: secret_told }),
  changesOf('diary', { scope: null, audience: 'user' }, { updated: diary_written }),
];

export interface GardenEvent extends Partial<EventBody> {
  event?: string;
  workspace_id?: string;
  species?: string;
  source?: string;
}

const NAMES: Readonly<Partial<Record<ChangeKind, string>>> = {
  created: 'planted',
  updated: 'watered',
  deleted: 'uprooted',
};

/** The body of an event, by default of a plant that is watered. */
export function gardenEvent({ change = 'updated', ...event }: GardenEvent & { change?: ChangeKind }) {
  return {
    id: uuidv7(),
    event: NAMES[change] ?? 'watered',
    aggregate: 'plant',
    aggregate_id: uuidv7(),
    version: 1,
    occurred_at: new Date().toISOString(),
    actor: { kind: 'system', id: 'gardener' },
    request_id: 'watering',
    changes: { title: { from: 'dry', to: 'wet' } },
    ...event,
  };
}
