import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => {
  const { app, identity, studio } = locals;
  return {
    studio: studio.name,
    crmUrl: app.config.crmUrl,
    person: identity && {
      name: identity.name,
      isFacilitator: identity.facilitatorId !== null,
      isAdmin: identity.isAdmin,
    },
  };
};
