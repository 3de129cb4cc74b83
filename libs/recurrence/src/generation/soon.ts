// What is to be there with the answer: made at once where tasks can be reached, by a job where not.
import type { Logger } from '@mono/platform';
import type { Generation } from './generate.js';

/** An answer does not wait longer for its tasks. */
const PATIENCE_MS = 10_000;

export class Soon {
  constructor(
    private readonly generation: Generation,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  async make(templateId: string, requestId: string): Promise<void> {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      await this.generation.generate(templateId, { requestId, soon: true, signal });
    } catch (error) {
      this.logger.warn(
        { err: error, template_id: templateId, request_id: requestId },
        'Tasks of a template come later',
      );
    }
  }
}
