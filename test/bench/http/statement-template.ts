// A recorded statement of the real server, with new values for those that change per request.
import { randomBytes } from 'node:crypto';

export interface RecordedStatement {
  name?: string;
  text: string;
  values: unknown[];
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function uuidsOf(values: readonly unknown[]): Set<string> {
  return new Set(JSON.stringify(values).match(UUID));
}

/** Time-ordered like those of the server, so that indexes grow at the same end. */
function freshUuid(): string {
  const hex = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Compares two recordings of the same request: each call generates UUIDs that only one of them contains. */
export function freshValuesOf(recorded: RecordedStatement, other: RecordedStatement): () => unknown[] {
  const others = uuidsOf(other.values);
  const changing = [...uuidsOf(recorded.values)].filter((uuid) => !others.has(uuid));
  return () => {
    const fresh = new Map(changing.map((uuid) => [uuid, freshUuid()]));
    return recorded.values.map((value) =>
      typeof value === 'string' && fresh.size > 0 ? value.replaceAll(UUID, (uuid) => fresh.get(uuid) ?? uuid) : value,
    );
  };
}
