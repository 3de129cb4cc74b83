import { PickType } from '@mono/contract';
import { ChangesQuery } from '../../contract/index.js';

export class StreamQuery extends PickType(ChangesQuery, [
  'since',
  'types',
  'list_id',
  'filter',
  'filter_id',
  'timezone',
  'collapse',
  'include',
]) {}
