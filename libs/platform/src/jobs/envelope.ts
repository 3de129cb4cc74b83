// A job as it lies in the queue.
import { Buffer } from 'node:buffer';
import { uuidv7 } from 'uuidv7';
import { InvalidInputError, type FieldFault } from '@mono/contract';
import type { NewJob } from './job-queue.js';

export interface Envelope {
  id: string;
  /** By which it was deduplicated. */
  key: string;
  payload: unknown;
  requestId?: string | undefined;
  /** The key of the dead letter that is tried again. */
  letter?: string;
  /** Only says that it is time for a job of this name. */
  tick?: true;
}

const MAX_NAME_CHARACTERS = 255;
/** What a job needs beyond this belongs into a table, and the job carries its id. */
export const MAX_PAYLOAD_BYTES = 256 * 1_024;

/** @throws InvalidInputError */
export function sealJob({ name, payload, deduplicateBy: key, requestId }: NewJob<unknown>): Envelope {
  const faults = [...faultsOfName('name', name), ...faultsOfName('deduplicate_by', key), ...faultsOfPayload(payload)];
  if (faults.length > 0) throw new InvalidInputError(faults);
  return { id: uuidv7(), key, payload, ...(requestId === undefined ? {} : { requestId }) };
}

function faultsOfName(field: string, text: string): FieldFault[] {
  if (text.length >= 1 && text.length <= MAX_NAME_CHARACTERS && isSound(text)) return [];
  return [{ field, issue: `must be text of 1 to ${MAX_NAME_CHARACTERS} characters` }];
}

function faultsOfPayload(payload: unknown): FieldFault[] {
  let sound = true;
  const json = JSON.stringify(payload, (key, value: unknown) => {
    sound &&= isSound(key) && (typeof value !== 'string' || isSound(value));
    return value;
  }) as string | undefined;
  if (json === undefined) return [{ field: 'payload', issue: 'must be JSON' }];
  if (!sound) return [{ field: 'payload', issue: 'must hold well-formed text without NUL' }];
  const bytes = Buffer.byteLength(json);
  return bytes <= MAX_PAYLOAD_BYTES
    ? []
    : [{ field: 'payload', issue: `must have at most ${MAX_PAYLOAD_BYTES} bytes, not ${bytes}` }];
}

/** PostgreSQL keeps no NUL in JSON, nor half a character. */
function isSound(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
