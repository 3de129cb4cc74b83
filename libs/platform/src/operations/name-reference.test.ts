import { DomainError, NotFoundError, type AnyOperation } from '@mono/contract';
import { nameReference } from './name-reference.js';

const LIST = '01a2301b-5292-77b4-a627-f495ac389030';
const TASK = '01a2301b-5292-77b4-a627-f495ac389031';
const operation = { http: { params: { id: {} } } } as unknown as Pick<AnyOperation, 'http'>;

const overRest = { source: '127.0.0.1' };
const overNats = { source: 'nats' };

test.each([
  [{ list_id: LIST }, 'list_id'],
  [{ list_id: LIST.toUpperCase() }, 'list_id'],
  [{ id: TASK, patch: { list_id: LIST } }, 'list_id'],
  [{ id: TASK, fields: { list_id: LIST } }, 'fields.list_id'],
  [{ list_ids: [TASK, LIST] }, 'list_ids[1]'],
])('%j names the missing list as %s', (input, field) => {
  const error = new NotFoundError('list', LIST);
  expect(nameReference(error, operation, input, overRest)).toMatchObject({
    kind: 'not_found',
    code: 'list_not_found',
    message: error.message,
    details: { id: LIST, field, code: 'not_found' },
  });
});

test('over NATS the fields of a patch keep their path', () => {
  const named = nameReference(
    new NotFoundError('list', LIST),
    operation,
    { id: TASK, patch: { list_id: LIST } },
    overNats,
  );
  expect(named).toMatchObject({ details: { id: LIST, field: 'patch.list_id' } });
});

test('the operation of a batch that failed is named', () => {
  const error = new DomainError('not_found', 'list_not_found', 'No list.', { operation: 1, id: LIST });
  const create = { op: 'create', task: { list_id: LIST } };
  expect(nameReference(error, operation, { operations: [create, create] }, overRest)).toMatchObject({
    details: { operation: 1, field: 'operations[1].task.list_id' },
  });
});

test('an id of the path, another error and an id that no field names stay as they are', () => {
  const missing = new NotFoundError('task', TASK);
  for (const input of [
    { id: TASK, patch: { title: 'x' } },
    { id: TASK, other_id: TASK },
    { other: 7 },
    null,
    undefined,
  ])
    expect(nameReference(missing, operation, input, overRest)).toBe(missing);
  const conflict = new DomainError('conflict', 'list_archived', 'No.', { id: LIST });
  expect(nameReference(conflict, operation, { list_id: LIST }, overRest)).toBe(conflict);
});
