import { error } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

/** What `hooks.server.ts` shows instead of a page that is for others. */
export const load: PageServerLoad = () => error(403, 'This page is for organisers.');
