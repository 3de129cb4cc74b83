// Each change of a template or an exception queues the generation of its tasks.
import { Controller } from '@nestjs/common';
import { defineEvent, type EventContract } from '@mono/bus';
import { OnEvent } from '@mono/platform';
import { OCCURRENCE_EVENTS, TEMPLATE_EVENTS } from '../../contract/events.js';
import { GenerationJobs } from './generation-jobs.js';

/** What is needed of one's own events. */
class OwnEvent {
  template_id: string;
  workspace_id: string;
  request_id: string;
}

const own: readonly EventContract<OwnEvent>[] = [...TEMPLATE_EVENTS, ...OCCURRENCE_EVENTS].map((name) =>
  defineEvent({ module: 'recurrence', name, event: OwnEvent }),
);

@Controller()
export class GenerationConsumer {
  constructor(private readonly jobs: GenerationJobs) {}

  @OnEvent(own, { consumer: 'recurrence-generate', module: 'recurrence' })
  async generate({ template_id: id, workspace_id, request_id }: OwnEvent): Promise<void> {
    await this.jobs.enqueue({ id, workspace_id }, request_id);
  }
}
