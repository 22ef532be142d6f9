import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { identityOf } from '#server/test-studio.ts';
import { applyStudioSettings } from './apply-studio-settings.ts';
import { changeStudio } from './change-studio.ts';
import { readStudio } from './read-studio.ts';
import { studioSchema } from './studio-schemas.ts';

const studio = await createTestApp();
const { db } = studio;
const admin = identityOf(1, { isAdmin: true });
const { facilitatorId } = await studio.addFacilitator();
const stilte = { name: 'Stilte', timeZone: 'Europe/Amsterdam', currency: 'EUR', terms: null };

test('what was set by hand is there at once, for new events only, and the environment no longer counts', async () => {
  await applyStudioSettings(db, stilte);
  const before = await studio.addEvent({ facilitator_id: facilitatorId });
  const sunyi = { name: 'Sunyi', timeZone: 'Asia/Makassar', currency: 'IDR', terms: 'Come early.\n\nLeave late.' };
  await changeStudio(db, sunyi, admin);
  assert.deepEqual(await readStudio(db), sunyi);
  const after = await studio.addEvent({ facilitator_id: facilitatorId });
  const rows = await db.selectFrom('events').select(['id', 'time_zone', 'currency']).orderBy('id').execute();
  assert.deepEqual(rows, [
    { id: before, time_zone: 'Europe/Amsterdam', currency: 'EUR' },
    { id: after, time_zone: 'Asia/Makassar', currency: 'IDR' },
  ]);
  await applyStudioSettings(db, stilte);
  assert.deepEqual(await readStudio(db), sunyi, 'a start with other settings changes nothing');
});

test('a zone that the database does not know is refused, and nothing is written', async () => {
  const before = await readStudio(db);
  await assert.rejects(changeStudio(db, { ...stilte, timeZone: 'Europe/Atlantis' }, admin), {
    code: 'invalid',
    errors: [{ pointer: '/timeZone', detail: 'is a time zone such as Europe/Lisbon' }],
  });
  assert.deepEqual(await readStudio(db), before);
});

test('what is typed is read kindly, or refused at its field', () => {
  const typed = { name: ' Stilte ', timeZone: 'Europe/Amsterdam', currency: ' eur', terms: '' };
  assert.deepEqual(studioSchema.parse(typed), stilte);
  for (const [field, value] of Object.entries({ name: ' ', timeZone: '+01:00', currency: 'XX', terms: '\0' })) {
    const { error } = studioSchema.safeParse({ ...typed, [field]: value });
    assert.deepEqual(
      error?.issues.map(({ path }) => path[0]),
      [field],
    );
  }
});
