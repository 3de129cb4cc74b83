// The zone of a task's days: its own, else that of its list, else that of the caller. It is decided when the task is written,
// so that everybody sees the task due at the same time.
import { zoneOf, type CallContext } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import { dueAfter, requireCountable, type DueOffset } from '../domain/due-offset.js';
import type { TaskFields, TaskState } from '../domain/task-state.js';

type Days = Pick<TaskFields, 'due_at' | 'due_on' | 'starts_on' | 'timezone'> & DueOffset;

const ZONE: Statement = {
  name: 'tasks.read_zone_of_list',
  text: 'SELECT timezone FROM tasks.list WHERE id = $1 AND workspace_id = $2',
};

export class DayZones {
  private readonly known = new Map<string, Promise<string>>();

  constructor(
    private readonly on: Executor,
    private readonly context: CallContext,
  ) {}

  /**
   * The fields with a zone, where they set a day without one, and with the due date that an offset gives. UTC is null.
   * @param listId the list in which the task will be. @param present the days of a task that exists. @throws InvalidInputError
   */
  async complete<Fields extends Days>(fields: Fields, listId: string, present: DaysOf = NO_DAYS): Promise<Fields> {
    const { due_offset: offset, starts_on: startsOn = present.starts_on } = fields;
    if (typeof offset !== 'string') return this.withZone(fields, listId, present);
    requireCountable(fields, startsOn);
    const zoned = await this.withZone({ ...fields, due_at: null, due_on: null }, listId, present);
    const zone = zoned.timezone === undefined ? present.timezone : zoned.timezone;
    return { ...zoned, ...dueAfter(startsOn, offset, zone) };
  }

  private async withZone<Fields extends Days>(fields: Fields, listId: string, present: DaysOf): Promise<Fields> {
    const { due_on: dueOn, starts_on: startsOn, timezone } = fields;
    const isAsked = dueOn !== undefined || startsOn !== undefined || timezone !== undefined;
    const next = {
      due_on: dueOn === undefined ? present.due_on : dueOn,
      starts_on: startsOn === undefined ? present.starts_on : startsOn,
      timezone: timezone === undefined ? present.timezone : timezone,
    };
    if (!isAsked || next.timezone !== null || (next.due_on === null && next.starts_on === null)) return fields;
    // A due date that stays as it is keeps its zone, which may be UTC.
    const keepsDueDate = present.due_on !== null && dueOn === undefined && timezone === undefined;
    if (areSame(next, present) || keepsDueDate) return fields;
    const zone = await this.zoneOf(listId);
    return zone === 'UTC' ? fields : { ...fields, timezone: zone };
  }

  private zoneOf(listId: string): Promise<string> {
    let zone = this.known.get(listId);
    if (!zone) this.known.set(listId, (zone = this.read(listId)));
    return zone;
  }

  private async read(listId: string): Promise<string> {
    const { principal } = this.context;
    const [list] = await this.on.query<{ timezone: string | null }>(ZONE, [listId, principal.workspaceId]);
    return list?.timezone ?? zoneOf(principal);
  }
}

type DaysOf = Pick<TaskState, 'due_on' | 'starts_on' | 'timezone'>;

function areSame(one: DaysOf, other: DaysOf): boolean {
  return one.due_on === other.due_on && one.starts_on === other.starts_on && one.timezone === other.timezone;
}

const NO_DAYS: DaysOf = { due_on: null, starts_on: null, timezone: null };
