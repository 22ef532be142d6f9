import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => {
  const { app, identity } = locals;
  return {
    studio: app.config.studio.name,
    crmUrl: app.config.crmUrl,
    person: identity && { name: identity.name, isFacilitator: identity.facilitatorId !== null },
  };
};
