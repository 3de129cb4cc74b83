import { defineEvents, EventBody } from '@mono/contract';

export class RyeLoafEvent extends EventBody {
  event: 'rye_loaf_created' | 'rye_loaf_updated' | 'rye_loaf_deleted';
  aggregate: 'rye_loaf';
  workspace_id: string;
}

export const cornerBakeryEvents = defineEvents('corner-bakery', {
  rye_loaf_created: RyeLoafEvent,
  rye_loaf_updated: RyeLoafEvent,
  rye_loaf_deleted: RyeLoafEvent,
});
