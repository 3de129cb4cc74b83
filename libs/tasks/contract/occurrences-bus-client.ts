// Occurrences as tasks, asked over the bus: each method is its request.
import type { Bus } from '@mono/bus';
import type { CallContext } from '@mono/contract';
import { callOptionsOf } from '@mono/platform';
import { OccurrencesApi } from './occurrences-api.js';
import { callerOf, occurrencesRequests } from './occurrences-requests.js';
import type { InboxList, Materialise, Materialised, Revise, Revised } from './occurrences.js';

/** Of one message: below a megabyte, which is what a nats-server takes that nobody has told otherwise. */
const MAX_BYTES = 768 * 1024;

export class OccurrencesBusClient extends OccurrencesApi {
  constructor(private readonly bus: Pick<Bus, 'request'>) {
    super();
  }

  async materialise(context: CallContext, { occurrences }: Materialise): Promise<Materialised> {
    const results: Materialised['results'] = [];
    for (const part of partsOf(occurrences)) {
      const body = { caller: callerOf(context), input: { occurrences: part } };
      const answer = await this.bus.request(occurrencesRequests.materialise, body, callOptionsOf(context));
      results.push(...answer.results);
    }
    return { results };
  }

  async revise(context: CallContext, { revisions }: Revise): Promise<Revised> {
    const results: Revised['results'] = [];
    for (const part of partsOf(revisions)) {
      const body = { caller: callerOf(context), input: { revisions: part } };
      const answer = await this.bus.request(occurrencesRequests.revise, body, callOptionsOf(context));
      results.push(...answer.results);
    }
    return { results };
  }

  inbox(context: CallContext): Promise<InboxList> {
    return this.bus.request(occurrencesRequests.inbox, { caller: callerOf(context) }, callOptionsOf(context));
  }
}

/** As few messages as will do. */
function partsOf<Item>(items: readonly Item[]): Item[][] {
  const parts: Item[][] = [[]];
  let room = MAX_BYTES;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(item));
    if (bytes > room && parts.at(-1)?.length !== 0) {
      parts.push([]);
      room = MAX_BYTES;
    }
    parts.at(-1)?.push(item);
    room -= bytes;
  }
  return parts;
}
