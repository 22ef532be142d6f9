import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personJsonLd } from './person-json-ld.ts';

const told = (specialties: string | null, bio: string | null = null) =>
  personJsonLd({ id: 3, name: 'Maya Lind', bio, specialties }, { site: 'https://book.example.org', studio: 'Studio' });

test('says of a facilitator what their page says, and leaves out what nobody wrote', () => {
  assert.deepEqual(told('Yin, vinyasa ,', 'Quiet.'), {
    '@context': 'https://schema.org',
    '@type': 'Person',
    name: 'Maya Lind',
    url: 'https://book.example.org/facilitators/3',
    image: 'https://book.example.org/facilitators/3/picture.png',
    description: 'Quiet.',
    knowsAbout: ['Yin', 'vinyasa'],
    worksFor: { '@type': 'Organization', name: 'Studio', url: 'https://book.example.org' },
  });
  assert.deepEqual(
    Object.keys(told(null)).filter((key) => key === 'description' || key === 'knowsAbout'),
    [],
  );
});
