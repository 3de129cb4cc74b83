// The use cases of templates, and the preview of a rule.
import { Controller } from '@nestjs/common';
import { isInstant, normalInstant, type CallContext, type InputOf } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import {
  templatesOperations,
  type Preview,
  type Template,
  type TemplateDiff,
  type TemplatePage,
} from '../../contract/index.js';
import { previewOf } from '../domain/preview.js';
import { FormerMembers } from '../members/former-members.js';
import { diffTemplate } from './diff-template.js';
import { findTemplates } from './find-templates.js';
import { References } from './references.js';
import { Templates } from './templates.js';

@Controller()
export class TemplatesController {
  constructor(
    private readonly database: Database,
    private readonly references: References,
    private readonly templates: Templates,
    private readonly formerMembers: FormerMembers,
  ) {}

  @Operation(templatesOperations.previewRule)
  async previewRule(
    { rule, list_id: listId, from, to, limit }: InputOf<typeof templatesOperations.previewRule>,
    call: CallContext,
  ): Promise<Preview> {
    const zone = rule.timezone ?? (await this.references.zoneIn(call, listId));
    return previewOf({ rule, limit, from: wholeSeconds(from), to: wholeSeconds(to) }, zone);
  }

  @Operation(templatesOperations.createTemplate)
  createTemplate(input: InputOf<typeof templatesOperations.createTemplate>, call: CallContext): Promise<Template> {
    return this.formerMembers.settled(call.requestId, () => this.templates.create(call, input));
  }

  @Operation(templatesOperations.findTemplates)
  findTemplates(query: InputOf<typeof templatesOperations.findTemplates>, call: CallContext): Promise<TemplatePage> {
    return findTemplates(this.database, call, query);
  }

  @Operation(templatesOperations.getTemplate)
  getTemplate({ id }: InputOf<typeof templatesOperations.getTemplate>, call: CallContext): Promise<Template> {
    return this.templates.get(call, id);
  }

  @Operation(templatesOperations.updateTemplate)
  updateTemplate(
    { id, patch }: InputOf<typeof templatesOperations.updateTemplate>,
    call: CallContext,
  ): Promise<Template> {
    return this.formerMembers.settled(call.requestId, () => this.templates.update(call, id, patch));
  }

  @Operation(templatesOperations.deleteTemplate)
  deleteTemplate(
    { id, permanent }: InputOf<typeof templatesOperations.deleteTemplate>,
    call: CallContext,
  ): Promise<void> {
    return this.templates.delete(call, id, permanent === 'true');
  }

  @Operation(templatesOperations.diffTemplate)
  diffTemplate(
    { id, patch }: InputOf<typeof templatesOperations.diffTemplate>,
    call: CallContext,
  ): Promise<TemplateDiff> {
    return diffTemplate(this.database, call, id, patch, this.references);
  }

  @Operation(templatesOperations.pauseTemplate)
  pauseTemplate(
    { id, until }: InputOf<typeof templatesOperations.pauseTemplate>,
    call: CallContext,
  ): Promise<Template> {
    return this.templates.pause(call, id, until);
  }

  @Operation(templatesOperations.resumeTemplate)
  resumeTemplate(
    { id, missed }: InputOf<typeof templatesOperations.resumeTemplate>,
    call: CallContext,
  ): Promise<Template> {
    return this.templates.resume(call, id, missed);
  }

  @Operation(templatesOperations.endTemplate)
  endTemplate({ id, at }: InputOf<typeof templatesOperations.endTemplate>, call: CallContext): Promise<Template> {
    return this.templates.end(call, id, at);
  }
}

/** Rules have whole seconds; a bound may be an instant in any form of RFC 3339. */
function wholeSeconds(bound: string | undefined): string | undefined {
  return isInstant(bound) ? normalInstant(bound).replace(/\.\d+Z$/, 'Z') : bound;
}
