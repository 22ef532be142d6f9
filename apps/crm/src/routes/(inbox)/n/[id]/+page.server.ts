import { rowId } from '@samaya/platform/text-schema.ts';
import { error, redirect } from '@sveltejs/kit';
import { shapeNotification } from '#server/notifications/notification-schemas.ts';
import { readNotification } from '#server/notifications/read-notification.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, depends }) => {
  depends('crm:inbox');
  const { app, facilitator } = locals;
  if (!facilitator) redirect(303, '/sign-in');
  const id = rowId.safeParse(params.id);
  if (!id.success) error(404, 'There is no such notification.');
  const found = await readNotification(app.db, { facilitatorId: facilitator.facilitatorId, id: id.data });
  return {
    notification: shapeNotification(found.notification),
    others: found.others.map(shapeNotification),
    position: found.position,
  };
};
