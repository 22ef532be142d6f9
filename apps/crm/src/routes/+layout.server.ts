import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => {
  const { app, facilitator } = locals;
  return {
    studio: app.config.studio.name,
    bookingUrl: app.config.bookingUrl,
    facilitator: facilitator && {
      name: facilitator.name,
      facilitatorId: facilitator.facilitatorId,
      userId: facilitator.userId,
    },
  };
};
