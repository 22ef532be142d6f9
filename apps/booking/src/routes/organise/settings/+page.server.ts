import { DomainError } from '@samaya/platform/domain-error.ts';
import { fail, redirect } from '@sveltejs/kit';
import { changeStudio } from '#server/studio/change-studio.ts';
import { studioSchema } from '#server/studio/studio-schemas.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { Actions, PageServerLoad } from './$types';
import { SETTINGS } from './settings-texts.ts';

const FIELDS = ['name', 'timeZone', 'currency', 'terms'] as const;

type Field = (typeof FIELDS)[number];

export const load: PageServerLoad = ({ locals, url }) => {
  const { name, timeZone, currency, terms } = locals.studio;
  return {
    typed: { name, timeZone, currency, terms: terms ?? '' },
    zones: Intl.supportedValuesOf('timeZone'),
    isSaved: url.searchParams.has('saved'),
  };
};

export const actions: Actions = {
  async default({ request, locals }) {
    const form = await request.formData();
    const typed = Object.fromEntries(FIELDS.map((field) => [field, textOf(form.get(field))])) as Record<Field, string>;
    const parsed = studioSchema.safeParse(typed);
    if (!parsed.success) return fail(422, { typed, faults: sayFaults(parsed.error.issues) });
    try {
      await changeStudio(locals.app.db, parsed.data, requireIdentity(locals), locals.facts);
    } catch (refused) {
      if (!(refused instanceof DomainError) || refused.code !== 'invalid') throw refused;
      return fail(422, { typed, faults: { timeZone: SETTINGS.faults.timeZone } });
    }
    redirect(303, '/organise/settings?saved');
  },
};

function sayFaults(issues: readonly { path: PropertyKey[]; message: string }[]): Partial<Record<Field, string>> {
  const faults: Partial<Record<Field, string>> = {};
  for (const { path, message } of issues) {
    const field = FIELDS.find((one) => one === path[0]);
    if (!field) continue;
    const sentence = SETTINGS.faults[field];
    faults[field] ??= typeof sentence === 'string' ? sentence : sentence(message);
  }
  return faults;
}

function textOf(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}
