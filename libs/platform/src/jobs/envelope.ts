// The stored form of a job.
import { Buffer } from 'node:buffer';
import { uuidv7 } from 'uuidv7';
import { InvalidInputError, type FieldFault } from '@mono/contract';
import type { NewJob } from './job-queue.js';

export interface Envelope {
  id: string;
  /** The key of deduplication. */
  key: string;
  payload: unknown;
  requestId?: string | undefined;
  /** The key of the retried dead letter. */
  letter?: string;
  /** Marks a tick of a schedule. */
  tick?: true;
}

const MAX_NAME_CHARACTERS = 255;
/** Larger data belongs into a table, and its id into the job. */
export const MAX_PAYLOAD_BYTES = 256 * 1_024;

/** @throws InvalidInputError */
export function sealJob({ name, payload, deduplicateBy: key, requestId }: NewJob<unknown>): Envelope {
  const faults = [...faultsOfName('name', name), ...faultsOfName('deduplicate_by', key), ...faultsOfPayload(payload)];
  if (faults.length > 0) throw new InvalidInputError(faults);
  return { id: uuidv7(), key, payload, ...(requestId === undefined ? {} : { requestId }) };
}

function faultsOfName(field: string, text: string): FieldFault[] {
  if (text.length >= 1 && text.length <= MAX_NAME_CHARACTERS && isSound(text)) return [];
  return [{ field, code: 'wrong_format', issue: `must be text of 1 to ${MAX_NAME_CHARACTERS} characters` }];
}

function faultsOfPayload(payload: unknown): FieldFault[] {
  let sound = true;
  const json = JSON.stringify(payload, (key, value: unknown) => {
    sound &&= isSound(key) && (typeof value !== 'string' || isSound(value));
    return value;
  }) as string | undefined;
  if (json === undefined) return [{ field: 'payload', code: 'wrong_type', issue: 'must be JSON' }];
  if (!sound)
    return [{ field: 'payload', code: 'invalid_characters', issue: 'must hold well-formed text without NUL' }];
  const bytes = Buffer.byteLength(json);
  return bytes <= MAX_PAYLOAD_BYTES
    ? []
    : [{ field: 'payload', code: 'too_long', issue: `must have at most ${MAX_PAYLOAD_BYTES} bytes, not ${bytes}` }];
}

/** PostgreSQL stores neither NUL nor lone surrogates in JSON. */
function isSound(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
