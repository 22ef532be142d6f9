import { error, redirect } from '@sveltejs/kit';
import { chooseDemoPerson, isChoosing } from '#server/google/choose-demo-person.ts';
import { DEMO_GOOGLE_PEOPLE } from '#server/google/demo-google-people.ts';
import { typedInto } from '../../../person-faults.ts';
import type { Actions, PageServerLoad } from './$types';
import { DEMO_GOOGLE } from './demo-google-texts.ts';

export const load: PageServerLoad = async ({ locals, params }) => {
  const provider = await locals.demoGoogle?.();
  if (!provider) error(404, DEMO_GOOGLE.isOff);
  if (!(await isChoosing(provider, locals.exchange, params.interaction))) error(410, DEMO_GOOGLE.ended);
  return {
    people: DEMO_GOOGLE_PEOPLE.map(({ sub, name, email, isVerified }) => ({ sub, name, email, isVerified })),
  };
};

export const actions: Actions = {
  async default({ locals, params, request }) {
    const provider = await locals.demoGoogle?.();
    if (!provider) error(404, DEMO_GOOGLE.isOff);
    const next = await chooseDemoPerson(provider, locals.exchange, {
      uid: params.interaction,
      sub: typedInto(await request.formData(), 'person'),
      nowSeconds: Math.floor(Date.now() / 1000),
    });
    if (next === undefined) error(410, DEMO_GOOGLE.ended);
    redirect(303, new URL(next).pathname);
  },
};
