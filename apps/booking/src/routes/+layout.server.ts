import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => {
  const { app, identity } = locals;
  const isFacilitator = identity !== undefined && identity.facilitatorId !== null;
  return {
    studio: app.config.studio.name,
    crmUrl: app.config.crmUrl,
    person: identity && {
      name: identity.name,
      isFacilitator,
      isAdmin: identity.isAdmin,
      /** Whether there is something to organise. */
      isOrganiser: isFacilitator || identity.isAdmin,
    },
  };
};
