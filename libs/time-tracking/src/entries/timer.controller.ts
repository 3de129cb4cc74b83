// The use cases of timers.
import { Controller } from '@nestjs/common';
import type { CallContext, InputOf } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import {
  timerOperations as operations,
  type RunningTimer,
  type SwitchedTimer,
  type TimeEntry,
} from '../../contract/index.js';
import { EntriesParts } from './entries-parts.js';
import { getTimer, startTimer, stopTimer, switchTimer } from './timer.js';

@Controller()
export class TimerController {
  constructor(
    private readonly database: Database,
    private readonly parts: EntriesParts,
  ) {}

  @Operation(operations.getTimer)
  getTimer(_nothing: undefined, call: CallContext): Promise<RunningTimer> {
    return getTimer(this.database, call);
  }

  @Operation(operations.startTimer)
  startTimer(input: InputOf<typeof operations.startTimer>, call: CallContext): Promise<TimeEntry> {
    return startTimer(this.parts, call, input);
  }

  @Operation(operations.stopTimer)
  stopTimer(_nothing: undefined, call: CallContext): Promise<TimeEntry> {
    return stopTimer(this.parts, call);
  }

  @Operation(operations.switchTimer)
  switchTimer(input: InputOf<typeof operations.switchTimer>, call: CallContext): Promise<SwitchedTimer> {
    return switchTimer(this.parts, call, input);
  }
}
