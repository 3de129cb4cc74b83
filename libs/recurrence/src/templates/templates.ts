// Templates: make, read, change, pause, resume, end, delete. Each change commits with its event; then what is to be there at
// once is made, and a job makes the rest.
import type { OutboxSignal } from '@mono/bus/outbox';
import { NotFoundError, type CallContext, type Replayable } from '@mono/contract';
import { idempotently, type Executor, type TransactionalExecutor } from '@mono/platform';
import { ConflictError } from '@mono/contract/errors';
import { uuidv7 } from 'uuidv7';
import type { CreateTemplate, ResumeTemplate, Template, TemplatePatch } from '../../contract/template.js';
import type { MissedPolicy } from '../../contract/words.js';
import { scheduleOf } from '../domain/dates.js';
import {
  changesBetween,
  demandOneHorizon,
  TEMPLATE_DEFAULTS,
  withFields,
  type TemplateState,
} from '../domain/template-state.js';
import type { Soon } from '../generation/soon.js';
import { holdAssignees } from '../members/members.js';
import { tellOfTemplate } from '../persistence/recurrence-events.js';
import { insertTemplate, toTemplate, updateTemplate, type TemplateRow } from '../persistence/template-rows.js';
import { changeLocked, readChange } from './change-template.js';
import { demandLocked, demandNotEnded, demandTemplate } from './demand-template.js';
import { deleteInName, endInName } from './end-template.js';
import { startOfToday } from './start-of-today.js';
import type { Surroundings } from './surroundings.js';

export class Templates {
  constructor(
    private readonly database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
    private readonly surroundings: Surroundings,
    private readonly soon: Soon,
  ) {}

  async create(context: CallContext, input: CreateTemplate): Promise<Replayable<Template>> {
    demandOneHorizon(input);
    const zone = await this.surroundings.zoneOf(context, input.rule);
    const members = await this.surroundings.assigneeIn(context, input.assignee_id);
    const listId = await this.surroundings.listOf(context, input.list_id);
    const made = await idempotently(
      this.database,
      context,
      'recurrence.create_template',
      input,
      async (on) => {
        await holdAssignees(on, context, members);
        return toTemplate(await this.insert(on, context, newState(input, listId, zone)));
      },
      { atomic: true },
    );
    return this.withTasks(context, made);
  }

  async get(context: CallContext, id: string): Promise<Template> {
    return toTemplate(await demandTemplate(this.database, context, id));
  }

  async update(context: CallContext, id: string, patch: TemplatePatch): Promise<Template> {
    await demandTemplate(this.database, context, id);
    const change = await readChange(context, patch, this.surroundings);
    const { body } = await this.change(context, id, async (on) => {
      await holdAssignees(on, context, change.members);
      return changeLocked(on, context, await demandLocked(on, context, id), change);
    });
    return body;
  }

  async delete(context: CallContext, id: string): Promise<void> {
    await this.database.transaction(async (on) => {
      await deleteInName(on, context, await demandLocked(on, context, id));
      on.afterCommit(() => this.signal.wake());
    });
    await this.soon.make(id, context.requestId);
  }

  pause(context: CallContext, id: string): Promise<Replayable<Template>> {
    return this.once(context, 'recurrence.pause_template', { id }, id, async (on, row) => {
      demandNotEnded(row);
      if (row.status === 'paused') return row;
      const state: TemplateState = { ...row, status: 'paused', paused_at: new Date().toISOString() };
      const paused = await updateTemplate(on, row, state, { replan: 'what is planned' });
      await tellOfTemplate(on, context, 'template_paused', paused, changesBetween(row, state));
      return paused;
    });
  }

  resume(context: CallContext, id: string, { missed = 'skip' }: ResumeTemplate): Promise<Replayable<Template>> {
    return this.once(context, 'recurrence.resume_template', { id, missed }, id, async (on, row) => {
      demandNotEnded(row);
      if (row.paused_at === null) throw new ConflictError('template_not_paused', 'The template is not paused.');
      const state: TemplateState = { ...row, status: 'active', paused_at: null, plan_from: planFrom(row, missed) };
      const resumed = await updateTemplate(on, row, state, { replan: 'from its start' });
      await tellOfTemplate(on, context, 'template_resumed', resumed, {
        ...changesBetween(row, state),
        missed: { from: null, to: missed },
      });
      return resumed;
    });
  }

  end(context: CallContext, id: string): Promise<Replayable<Template>> {
    return this.once(context, 'recurrence.end_template', { id }, id, (on, row) =>
      row.status === 'ended' ? Promise.resolve(row) : endInName(on, context, row),
    );
  }

  /** Runs `work` on the template and then makes what is to be there at once. */
  private async change(
    context: CallContext,
    id: string,
    work: (on: Executor) => Promise<TemplateRow>,
  ): Promise<Replayable<Template>> {
    const body = await this.database.transaction(async (on) => {
      const row = await work(on);
      on.afterCommit(() => this.signal.wake());
      return toTemplate(row);
    });
    return this.withTasks(context, { body, replayed: false });
  }

  private async once(
    context: CallContext,
    operation: string,
    input: object,
    id: string,
    work: (on: Executor, row: TemplateRow) => Promise<TemplateRow>,
  ): Promise<Replayable<Template>> {
    const done = await idempotently(
      this.database,
      context,
      operation,
      input,
      async (on) => {
        const row = await work(on, await demandLocked(on, context, id));
        on.afterCommit(() => this.signal.wake());
        return toTemplate(row);
      },
      { atomic: true },
    );
    return this.withTasks(context, done);
  }

  /** In the transaction of whoever makes more than one. */
  async insert(on: Executor, context: CallContext, state: TemplateState): Promise<TemplateRow> {
    const id = uuidv7();
    const ids = { id, workspace_id: context.principal.workspaceId, series_id: id };
    const row = await insertTemplate(on, ids, state);
    await tellOfTemplate(on, context, 'template_created', row, changesBetween(undefined, state));
    on.afterCommit(() => this.signal.wake());
    return row;
  }

  /** As it stands once its tasks are there; where they cannot be made now, a job will. */
  private async withTasks(context: CallContext, answer: Replayable<Template>): Promise<Replayable<Template>> {
    if (answer.replayed) return answer;
    await this.soon.make(answer.body.id, context.requestId);
    try {
      return { body: await this.get(context, answer.body.id), replayed: false };
    } catch (error) {
      // Deleted, or put beyond the caller's reach, in between.
      if (error instanceof NotFoundError) return answer;
      throw error;
    }
  }
}

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
  };
  return { ...withFields(blank, input), list_id: listId };
}

function planFrom(row: TemplateRow, missed: MissedPolicy): string {
  const now = new Date().toISOString();
  const since = row.paused_at ?? now;
  if (missed === 'catch_up') return since;
  if (missed === 'skip') return now;
  const latest = scheduleOf(row).lastBetweenInstants(Date.parse(since), Date.parse(now));
  return latest ? new Date(latest.at).toISOString() : now;
}
