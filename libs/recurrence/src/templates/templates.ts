// Use cases of templates. Each change commits with its event. The request then generates the tasks of the synchronous horizon, and
// a job the others.
import { Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { requireRights, type AnyOperation, type CallContext } from '@mono/contract';
import { DomainError } from '@mono/contract/errors';
import { Database, type Executor } from '@mono/platform';
import { startOfDayIn, wallTimeAt } from '@mono/contract/zones';
import { uuidv7 } from 'uuidv7';
import { templateEvents } from '../../contract/recurrence.events.js';
import { recurrenceErrors } from '../../contract/recurrence.errors.js';
import type { CreateTemplate, Template, TemplatePatch } from '../../contract/template.js';
import { templatesOperations } from '../../contract/templates.operations.js';
import type { MissedPolicy } from '../../contract/template-constants.js';
import { scheduleOf } from '../domain/dates.js';
import { withZone } from '../domain/merge-rule.js';
import { Schedule } from '../domain/schedule.js';
import { subtasksGiven } from '../domain/subtasks.js';
import {
  changesBetween,
  requireOneHorizon,
  TEMPLATE_DEFAULTS,
  withFields,
  type TemplateState,
} from '../domain/template-state.js';
import { Generation } from '../generation/generate.js';
import { holdAssignees } from '../members/members.js';
import { onceThen } from '../persistence/once-then.js';
import { publishTemplateEvent } from '../persistence/publish-events.js';
import { insertTemplate, saveMarks, type TemplateRow } from '../persistence/templates.store.js';
import { Purge } from '../trash/purge.js';
import { changeLocked, readChange } from './change-template.js';
import { requireLocked, requireNotEnded, requireTemplate } from './require-template.js';
import { deleteTemplate, endTemplate } from './end-template.js';
import { futureMoment, isFuture, momentOf } from './moments.js';
import { shownTemplate } from './next-occurrences.js';
import { pauseTemplate, resumeTemplate, scheduleEnd } from './standing.js';
import { References } from './references.js';

@Injectable()
export class Templates {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly references: References,
    private readonly generation: Generation,
    private readonly purge: Purge,
  ) {}

  async create(context: CallContext, input: CreateTemplate): Promise<Template> {
    requireOneHorizon(input);
    const members = [
      ...(await this.references.requireAssignee(context, input.assignee_id)),
      ...(await this.references.requireAssigneesOf(context, input.subtasks)),
    ];
    const listId = await this.references.listOf(context, input.list_id);
    const zone = input.rule.timezone ?? (await this.references.zoneIn(context, listId));
    Schedule.of(input.rule, zone);
    const work = async (on: Executor): Promise<Template> => {
      await holdAssignees(on, context, members);
      return shownTemplate(on, context, await this.insert(on, context, newState(input, listId, zone)));
    };
    const follow = (made: Template): Promise<Template> => this.withTasks(context, made);
    return onceThen(this.database, templatesOperations.createTemplate, context, input, work, follow);
  }

  async get(context: CallContext, id: string): Promise<Template> {
    return shownTemplate(this.database, context, await requireTemplate(this.database, context, id));
  }

  async update(context: CallContext, id: string, patch: TemplatePatch): Promise<Template> {
    const seen = await requireTemplate(this.database, context, id);
    const change = await readChange(context, seen, patch, this.references);
    return this.change(context, async (on) => {
      await holdAssignees(on, context, change.members);
      return changeLocked(on, context, await requireLocked(on, context, id), change);
    });
  }

  /** @param permanent whether it bypasses the trash. @throws DomainError `forbidden` */
  async delete(context: CallContext, id: string, permanent = false): Promise<void> {
    if (permanent) requireRights(context.principal, { scope: 'admin' });
    await this.database.transaction(async (on) => {
      await deleteTemplate(on, context, await requireLocked(on, context, id), permanent);
      on.afterCommit(() => this.signal.wake());
    });
    await this.generation.generateAtOnce(id, context.requestId);
    if (permanent) await this.purge.eraseNow(id);
  }

  /** @param until an instant, or a date in the zone of the template. @throws InvalidInputError */
  pause(context: CallContext, id: string, until?: string): Promise<Template> {
    return this.once(context, templatesOperations.pauseTemplate, { id, until }, async (on, row) => {
      requireNotEnded(row);
      return pauseTemplate(on, context, row, until === undefined ? null : futureMoment('until', until, row.zone));
    });
  }

  resume(context: CallContext, id: string, missed: MissedPolicy = 'skip'): Promise<Template> {
    return this.once(context, templatesOperations.resumeTemplate, { id, missed }, async (on, row) => {
      requireNotEnded(row);
      if (row.paused_at === null) throw recurrenceErrors.template_not_paused();
      return resumeTemplate(on, context, row, { missed, planFrom: planFrom(row, missed) });
    });
  }

  /** @param at an instant, or a date in the zone of the template; null: not any more; default: now. */
  end(context: CallContext, id: string, at?: string | null): Promise<Template> {
    return this.once(context, templatesOperations.endTemplate, { id, at }, async (on, row) => {
      if (at === null || (at !== undefined && isFuture(at, row.zone))) {
        requireNotEnded(row);
        return scheduleEnd(on, context, row, at === null ? null : momentOf(at, row.zone));
      }
      if (row.status !== 'ended') return endTemplate(on, context, row);
      // It does not return with its list.
      if (row.before_list_deletion !== null) await saveMarks(on, row, { before_list_deletion: null });
      return row;
    });
  }

  /** Runs `work` on the template, then generates tasks. */
  private async change(context: CallContext, work: (on: Executor) => Promise<TemplateRow>): Promise<Template> {
    const body = await this.database.transaction(async (on) => {
      const row = await work(on);
      on.afterCommit(() => this.signal.wake());
      return shownTemplate(on, context, row);
    });
    return this.withTasks(context, body);
  }

  private once(
    context: CallContext,
    operation: AnyOperation,
    input: { id: string; missed?: MissedPolicy; until?: string | undefined; at?: string | null | undefined },
    work: (on: Executor, row: TemplateRow) => Promise<TemplateRow>,
  ): Promise<Template> {
    const change = async (on: Executor): Promise<Template> => {
      const row = await work(on, await requireLocked(on, context, input.id));
      on.afterCommit(() => this.signal.wake());
      return shownTemplate(on, context, row);
    };
    const follow = (done: Template): Promise<Template> => this.withTasks(context, done);
    return onceThen(this.database, operation, context, input, change, follow);
  }

  /** In a transaction of the caller. */
  async insert(on: Executor, context: CallContext, state: TemplateState): Promise<TemplateRow> {
    const id = uuidv7();
    const ids = { id, workspace_id: context.principal.workspaceId, series_id: id };
    const row = await insertTemplate(on, ids, state);
    await publishTemplateEvent(on, context, templateEvents.template_created, row, changesBetween(undefined, state));
    on.afterCommit(() => this.signal.wake());
    return row;
  }

  /** The template after its tasks are generated. A job generates them when that fails. */
  private async withTasks(context: CallContext, made: Template): Promise<Template> {
    await this.generation.generateAtOnce(made.id, context.requestId);
    try {
      return await this.get(context, made.id);
    } catch (error) {
      // It was deleted, or moved out of the caller's reach, meanwhile.
      if (error instanceof DomainError && error.kind === 'not_found') return made;
      throw error;
    }
  }
}

/** @param zone of the rule, which keeps it. */
export function newState(input: CreateTemplate, listId: string, zone: string): TemplateState {
  const blank: TemplateState = {
    ...TEMPLATE_DEFAULTS,
    tags: [],
    list_id: listId,
    title: input.title,
    rule: input.rule,
    status: 'active',
    starts_from: null,
    ends_before: null,
    zone,
    plan_from: startOfToday(zone),
    paused_at: null,
    ended_at: null,
    resumes_at: null,
    ends_at: null,
  };
  const { subtasks, ...fields } = input;
  return {
    ...withFields(blank, fields),
    list_id: listId,
    rule: withZone(input.rule, zone),
    subtasks: subtasksGiven(subtasks ?? [], null),
  };
}

function planFrom(row: TemplateRow, missed: MissedPolicy): string {
  const now = new Date().toISOString();
  const since = row.paused_at ?? now;
  if (missed === 'catch_up') return since;
  if (missed === 'skip') return now;
  const latest = scheduleOf(row).lastBetweenInstants(Date.parse(since), Date.parse(now));
  return latest ? new Date(latest.at).toISOString() : now;
}

/** Occurrences of today that are past still get tasks; those of earlier days do not. RFC 3339, UTC. */
function startOfToday(zone: string): string {
  const today = wallTimeAt(zone, Date.now()).toPlainDate();
  return new Date(startOfDayIn(zone, today)).toISOString();
}
