// Requests over the bus are read by the same compiled rules as those over HTTP.
import type { InputReader } from '@mono/bus';
import { isInputClass, readInput, type InputClass } from '@mono/contract';

export const busInputReader: InputReader = {
  hasRules: (type) => isInputClass(type),
  // An instance was read by this process already: what comes over NATS is plain JSON.
  read: (type, value, what) =>
    value instanceof type ? value : (readInput(type as InputClass, value, what) as InstanceType<typeof type>),
};
