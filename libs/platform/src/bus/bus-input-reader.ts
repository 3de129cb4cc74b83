import type { InputReader } from '@mono/bus';
import { type InputClass, isInputClass, readInput } from '@mono/contract';

/** Requests over the bus are read by the same compiled rules as those over HTTP. */
export const busInputReader: InputReader = {
  hasRules: (type) => isInputClass(type),
  read: (type, value, what) => readInput(type as InputClass, value, what) as InstanceType<typeof type>,
};
