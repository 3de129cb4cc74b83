// Each change of a template or an exception queues the generation of its tasks.
import { Controller } from '@nestjs/common';
import { OnEvent } from '@mono/platform';
import {
  occurrenceEvents,
  templateEvents,
  type OccurrenceEvent,
  type TemplateEvent,
} from '../../contract/recurrence.events.js';
import { GenerationJobs } from './generation-jobs.js';

@Controller()
export class GenerationConsumer {
  constructor(private readonly jobs: GenerationJobs) {}

  @OnEvent([...Object.values(templateEvents), ...Object.values(occurrenceEvents)], {
    consumer: 'recurrence-generate',
    module: 'recurrence',
  })
  async generate({ template_id: id, workspace_id, request_id }: TemplateEvent | OccurrenceEvent): Promise<void> {
    await this.jobs.enqueue({ id, workspace_id }, request_id);
  }
}
