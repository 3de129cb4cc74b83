// The module's API as it runs here: each call goes to its use case.
import type { OutboxSignal } from '@mono/bus/outbox';
import { isInstant, normalInstant, type CallContext, type Replayable } from '@mono/contract';
import type { Logger, TransactionalExecutor } from '@mono/platform';
import {
  RecurrenceApi,
  type ChangeScope,
  type CreateException,
  type CreateTemplate,
  type ExceptionPage,
  type ExceptionQuery,
  type OccurrenceChange,
  type OccurrenceException,
  type OccurrencePage,
  type OccurrencePatch,
  type OccurrenceQuery,
  type Preview,
  type PreviewRequest,
  type ResumeTemplate,
  type Template,
  type TemplateDiff,
  type TemplatePage,
  type TemplatePatch,
  type TemplateQuery,
} from '../contract/index.js';
import { previewOf } from './domain/preview.js';
import type { Generation } from './generation/generate.js';
import { Soon } from './generation/soon.js';
import { ChangeOccurrence } from './occurrences/change-occurrence.js';
import { Exceptions } from './occurrences/exceptions.js';
import { findOccurrences } from './occurrences/find-occurrences.js';
import { diffTemplate } from './templates/diff-template.js';
import { findTemplates } from './templates/find-templates.js';
import type { Leavers } from './members/forget-leavers.js';
import { Surroundings, type Neighbours } from './templates/surroundings.js';
import { Templates } from './templates/templates.js';

export interface RecurrenceParts {
  database: TransactionalExecutor;
  signal: OutboxSignal;
  neighbours: Neighbours;
  leavers: Pick<Leavers, 'settled'>;
  generation: Generation;
  logger: Pick<Logger, 'warn'>;
}

export class RecurrenceUseCases extends RecurrenceApi {
  private readonly database: TransactionalExecutor;
  private readonly leavers: Pick<Leavers, 'settled'>;
  private readonly surroundings: Surroundings;
  private readonly templates: Templates;
  private readonly exceptions: Exceptions;
  private readonly occurrences: ChangeOccurrence;

  constructor({ database, signal, neighbours, leavers, generation, logger }: RecurrenceParts) {
    super();
    this.database = database;
    this.leavers = leavers;
    this.surroundings = new Surroundings(neighbours);
    const soon = new Soon(generation, logger);
    this.templates = new Templates(database, signal, this.surroundings, soon);
    this.exceptions = new Exceptions(database, signal, this.surroundings, soon);
    this.occurrences = new ChangeOccurrence(database, signal, this.surroundings, soon, this.exceptions);
  }

  async preview(context: CallContext, request: PreviewRequest): Promise<Preview> {
    const { rule, from, to, limit } = request;
    const zone = await this.surroundings.zoneOfUnchecked(context, rule);
    return previewOf({ rule, limit, from: wholeSeconds(from), to: wholeSeconds(to) }, zone);
  }

  createTemplate(context: CallContext, input: CreateTemplate): Promise<Replayable<Template>> {
    return this.leavers.settled(context.requestId, () => this.templates.create(context, input));
  }

  findTemplates(context: CallContext, query: TemplateQuery): Promise<TemplatePage> {
    return findTemplates(this.database, context, query);
  }

  getTemplate(context: CallContext, id: string): Promise<Template> {
    return this.templates.get(context, id);
  }

  updateTemplate(context: CallContext, id: string, patch: TemplatePatch): Promise<Template> {
    return this.leavers.settled(context.requestId, () => this.templates.update(context, id, patch));
  }

  deleteTemplate(context: CallContext, id: string): Promise<void> {
    return this.templates.delete(context, id);
  }

  diffTemplate(context: CallContext, id: string, patch: TemplatePatch): Promise<TemplateDiff> {
    return diffTemplate(this.database, context, id, patch, this.surroundings);
  }

  pauseTemplate(context: CallContext, id: string): Promise<Replayable<Template>> {
    return this.templates.pause(context, id);
  }

  resumeTemplate(context: CallContext, id: string, input: ResumeTemplate): Promise<Replayable<Template>> {
    return this.templates.resume(context, id, input);
  }

  endTemplate(context: CallContext, id: string): Promise<Replayable<Template>> {
    return this.templates.end(context, id);
  }

  findOccurrences(context: CallContext, id: string, query: OccurrenceQuery): Promise<OccurrencePage> {
    return findOccurrences(this.database, context, id, query);
  }

  changeOccurrence(
    context: CallContext,
    id: string,
    originalStart: string,
    scope: ChangeScope,
    patch: OccurrencePatch,
  ): Promise<OccurrenceChange> {
    return this.leavers.settled(context.requestId, () =>
      this.occurrences.change(context, id, originalStart, scope, patch),
    );
  }

  removeOccurrence(context: CallContext, id: string, originalStart: string, scope: ChangeScope): Promise<void> {
    return this.occurrences.remove(context, id, originalStart, scope);
  }

  createException(context: CallContext, id: string, input: CreateException): Promise<Replayable<OccurrenceException>> {
    return this.leavers.settled(context.requestId, () => this.exceptions.create(context, id, input));
  }

  findExceptions(context: CallContext, id: string, query: ExceptionQuery): Promise<ExceptionPage> {
    return this.exceptions.find(context, id, query);
  }

  undoException(context: CallContext, id: string, originalStart: string): Promise<void> {
    return this.exceptions.undo(context, id, originalStart);
  }
}

/** Instants in any form of RFC 3339: rules know whole seconds only. */
function wholeSeconds(bound: string | undefined): string | undefined {
  return isInstant(bound) ? normalInstant(bound).replace(/\.\d+Z$/, 'Z') : bound;
}
