import { Controller, Inject } from '@nestjs/common';
import { RequestHandler } from '@mono/bus';
import {
  TransitionsApi,
  transitionsRequests,
  type TransitionPage,
  type TransitionsQuery,
} from '../../contract/index.js';

@Controller()
export class TransitionsHandlers {
  constructor(@Inject(TransitionsApi) private readonly transitions: TransitionsApi) {}

  @RequestHandler(transitionsRequests.page)
  page(input: TransitionsQuery): Promise<TransitionPage> {
    return this.transitions.page(input);
  }
}
