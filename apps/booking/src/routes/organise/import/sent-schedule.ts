import { IMPORT_FILE_BYTES } from '#server/imports/import-limits.ts';
import { kindOfFile } from '#server/imports/read-schedule.ts';
import { findZone } from '#server/imports/wall-clock.ts';
import { IMPORT } from './import-texts.ts';

/** A schedule as somebody sent it, with what is to know to read it. */
export interface SentSchedule {
  bytes: Uint8Array;
  /** How it is called on the page. */
  file: string;
  kind: 'csv' | 'calendar';
  zone: string | undefined;
  mapping: string;
}

export interface SentFaults {
  file?: string;
  zone?: string;
}

/** What was sent to look at: a file or, without one, what was pasted. */
export async function sentToCheck(form: FormData): Promise<{ sent?: SentSchedule; faults: SentFaults }> {
  const file = form.get('file');
  const pasted = textOf(form, 'paste');
  const isFile = file instanceof File && file.size > 0;
  const bytes = isFile ? await file.bytes() : new TextEncoder().encode(pasted);
  return judge(form, { bytes, file: isFile ? file.name : IMPORT.pasted });
}

/** What was looked at and is now to be done: the same bytes, which travelled along. */
export function sentToApply(form: FormData): { sent?: SentSchedule; faults: SentFaults } {
  return judge(form, {
    bytes: Buffer.from(textOf(form, 'bytes'), 'base64'),
    file: textOf(form, 'file') || IMPORT.pasted,
  });
}

function judge(form: FormData, { bytes, file }: { bytes: Uint8Array; file: string }) {
  const typedZone = textOf(form, 'zone').trim();
  const zone = typedZone === '' ? undefined : findZone(typedZone);
  const faults: SentFaults = {};
  if (bytes.length === 0) faults.file = IMPORT.faults.nothing;
  if (bytes.length > IMPORT_FILE_BYTES) faults.file = IMPORT.faults.tooLarge;
  if (typedZone !== '' && zone === undefined) faults.zone = IMPORT.faults.zone;
  if (faults.file !== undefined || faults.zone !== undefined) return { faults };
  const kind = kindOfFile(file) === 'calendar' || looksLikeCalendar(bytes) ? ('calendar' as const) : ('csv' as const);
  return { faults, sent: { bytes, file: file.slice(0, 200), kind, zone, mapping: textOf(form, 'mapping').trim() } };
}

function looksLikeCalendar(bytes: Uint8Array): boolean {
  return /^\uFEFF?\s*BEGIN:VCALENDAR/i.test(Buffer.from(bytes.subarray(0, 200)).toString('utf8'));
}

function textOf(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === 'string' ? value : '';
}
