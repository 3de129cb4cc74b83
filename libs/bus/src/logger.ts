/** The logger of this library: any logger of pino's shape. */
export interface BusLogger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
