import { paletteOfPerson } from '@samaya/ui/landscape.ts';
import { pictureAnswer } from '../../../picture-answer.ts';
import { knownFacilitator } from '../known-facilitator.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params, request }) => {
  const { id } = await knownFacilitator(locals, params);
  return await pictureAnswer(request, locals.app.pictures, { seed: id, palette: paletteOfPerson(id), hour: 12 });
};
