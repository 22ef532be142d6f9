import { HOME_ART } from '../home-art.ts';
import { pictureAnswer } from '../picture-answer.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ locals, request }) => pictureAnswer(request, locals.app.pictures, HOME_ART);
