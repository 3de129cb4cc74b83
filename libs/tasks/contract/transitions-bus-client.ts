// The log of changes of status, asked over the bus.
import type { Bus } from '@mono/bus';
import { TransitionsApi } from './transitions-api.js';
import { transitionsRequests } from './transitions-requests.js';
import type { TransitionPage, TransitionsQuery } from './transitions.js';

export class TransitionsBusClient extends TransitionsApi {
  constructor(private readonly bus: Pick<Bus, 'request'>) {
    super();
  }

  page(input: TransitionsQuery): Promise<TransitionPage> {
    return this.bus.request(transitionsRequests.page, input);
  }
}
