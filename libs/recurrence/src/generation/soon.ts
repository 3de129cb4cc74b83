// What is to be there with the answer: made at once where tasks can be reached, by a job where not.
import { Inject, Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Generation } from './generate.js';

/** An answer does not wait longer for its tasks. */
const PATIENCE_MS = 10_000;

@Injectable()
export class Soon {
  constructor(
    private readonly generation: Generation,
    @Inject(PinoLogger) private readonly logger: Pick<PinoLogger, 'warn'>,
  ) {}

  async make(templateId: string, requestId: string): Promise<void> {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      await this.generation.generate(templateId, { requestId, soon: true, signal });
    } catch (error) {
      this.logger.warn({ err: error, template_id: templateId }, 'Failed to generate tasks at once');
    }
  }
}
