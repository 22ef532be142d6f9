import { rowId } from '@samaya/platform/text-schema.ts';
import { error } from '@sveltejs/kit';

/** The id in the address of an event's page, which alone decides; without one there is no such page. */
export function eventIdOf(address: string): number {
  const id = rowId.safeParse(address.split('-', 1)[0]).data;
  if (id === undefined) error(404);
  return id;
}
