// State of nodes in JetStream: values, leases, objects, lines of text.
export {
  KeyExistsError,
  KeyValueBucket,
  RevisionMismatchError,
  type KeyValueChange,
  type KeyValueEntry,
} from './key-value-bucket.js';
export { Lease, type LeaseValue } from './lease.js';
export { ObjectBucket, type StoredObject } from './object-bucket.js';
export { TextLog } from './text-log.js';
