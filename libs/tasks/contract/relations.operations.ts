import { del, get, idOf, operations, path, post, type ClientOf } from '@mono/contract';
import { CreateRelation, Relation, RelationPage, RelationQuery } from './relation.js';
import { tasksErrors } from './tasks.errors.js';

const id = idOf('task');
const relations = path('/v1/tasks/:id/relations', { id });

export const relationsOperations = operations(
  'tasks',
  { tag: 'relations', errors: tasksErrors },
  {
    createRelation: post(relations, {
      summary: 'Relate a task to another',
      description: 'Changes both tasks: each has a new version.',
      answer: 'The created relation.',
      scope: 'tasks:write',
      respectsLists: true,
      body: CreateRelation,
      reply: Relation,
      status: 201,
      idempotencyKey: true,
      errors: ['task_not_found', 'duplicate_relation', 'too_many_relations', 'blocks_too_many', 'blocking_cycle'],
    }),
    findRelations: get(relations, {
      summary: 'List the relations of a task',
      description: 'In the order of their creation. Tasks in the trash and in lists out of reach are not among them.',
      answer: 'A page of relations.',
      scope: 'tasks:read',
      respectsLists: true,
      query: RelationQuery,
      reply: RelationPage,
      errors: ['task_not_found'],
    }),
    deleteRelation: del(path('/v1/tasks/:id/relations/:relation_id', { id, relation_id: idOf('relation') }), {
      summary: 'Delete a relation',
      description: 'Changes both tasks: each has a new version.',
      answer: 'Relation deleted.',
      scope: 'tasks:write',
      respectsLists: true,
      errors: ['task_not_found', 'relation_not_found'],
    }),
  },
);

export type RelationsClient = ClientOf<typeof relationsOperations>;
