import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import {
  OccurrencesApi,
  occurrencesRequests,
  principalOf,
  type AskInbox,
  type InboxList,
  type Materialised,
  type MaterialiseOccurrences,
  type OccurrencesCaller,
  type Revised,
  type ReviseOccurrences,
} from '../../contract/index.js';

@Controller()
export class OccurrencesHandlers {
  constructor(@Inject(OccurrencesApi) private readonly occurrences: OccurrencesApi) {}

  @RequestHandler(occurrencesRequests.materialise)
  materialise({ caller, input }: MaterialiseOccurrences, context: BusContext): Promise<Materialised> {
    return this.occurrences.materialise(callContext(caller, context), input);
  }

  @RequestHandler(occurrencesRequests.revise)
  revise({ caller, input }: ReviseOccurrences, context: BusContext): Promise<Revised> {
    return this.occurrences.revise(callContext(caller, context), input);
  }

  @RequestHandler(occurrencesRequests.inbox)
  inbox({ caller }: AskInbox, context: BusContext): Promise<InboxList> {
    return this.occurrences.inbox(callContext(caller, context));
  }
}

/** The bus says which module asks, the question for whom. */
function callContext(caller: OccurrencesCaller, { requestId = uuidv7(), deadline }: BusContext): CallContext {
  return { principal: principalOf(caller), requestId, deadline };
}
