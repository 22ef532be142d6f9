import type { Facilitator } from '#server/facilitators/facilitator.ts';

/** A facilitator for programs that read pages, in the words of schema.org. */
export function personJsonLd(person: Facilitator, { site, studio }: { site: string; studio: string }): object {
  const url = `${site}/facilitators/${person.id}`;
  return {
    '@context': 'https://schema.org',
    '@type': 'Person',
    name: person.name,
    url,
    image: `${url}/picture.png`,
    ...(person.bio && { description: person.bio }),
    ...(person.specialties && { knowsAbout: wordsOf(person.specialties) }),
    worksFor: { '@type': 'Organization', name: studio, url: site },
  };
}

function wordsOf(specialties: string): string[] {
  return specialties
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}
