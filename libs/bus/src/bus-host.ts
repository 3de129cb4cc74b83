// The state and services that all parts of the bus share on a node.
import type { BusConnection } from './connection/bus-connection.js';
import type { BusContext } from './calls/bus-context.js';
import type { ErrorMapping } from './calls/bus-error.js';
import type { InFlight } from './calls/in-flight.js';
import type { Principal, PrincipalSeal } from './calls/principal-seal.js';
import type { Contract } from './contracts/contract.js';
import type { InputReader } from './contracts/input-reader.js';
import type { BusLogger } from './logger.js';
import type { Middleware } from './middleware.js';

export interface BusHost {
  readonly connection: BusConnection;
  readonly logger: BusLogger;
  readonly reader: InputReader;
  readonly errors: ErrorMapping;
  readonly seal: PrincipalSeal;
  /** The principal of calls without a caller: the module or node itself. */
  readonly self: Principal;
  readonly middleware: readonly Middleware[];
  readonly inFlight: InFlight;
  /** An error of the code itself, which no caller sees. */
  report(error: unknown, contract: Contract, context: BusContext): void;
}
