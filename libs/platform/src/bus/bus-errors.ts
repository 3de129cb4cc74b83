// Domain errors keep their kind, code and details across the bus, and become the same HTTP error on the other side.
import type { ErrorMapping, WireError } from '@mono/bus';
import { DomainError, HTTP_STATUS, kindOfStatus, type ErrorDetails } from '@mono/contract';
import { toHttpFault } from '../http/http-fault.js';

export const domainErrors: ErrorMapping = {
  toWire(error): WireError | undefined {
    const { status, code, message, details } = toHttpFault(error);
    return status === HTTP_STATUS.internal ? undefined : { status, code, message, details };
  },
  fromWire(error: WireError): Error {
    if (error instanceof DomainError) return error;
    const { status, code, message, details } = error;
    return new DomainError(kindOfStatus(status) ?? 'internal', code, message, details as ErrorDetails | undefined);
  },
};
