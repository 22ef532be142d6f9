import { deserialize } from '$app/forms';
import type { EventCard } from '../../event-card.ts';

/** What the server says the card would be. */
export interface Preview {
  card: EventCard;
  isTwice: boolean;
}

const PAUSE_MS = 200;

/**
 * Asks for the preview of a form once its writer pauses, and shows the newest answer only. Without an answer what was
 * shown stays; saving does not depend on it.
 */
export function askPreview(show: (preview: Preview) => void): (form: HTMLFormElement) => void {
  let pause: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  return (form) => {
    clearTimeout(pause);
    pause = setTimeout(async () => {
      const turn = ++asked;
      const preview = await fetchPreview(form).catch(() => undefined);
      if (preview && turn === asked) show(preview);
    }, PAUSE_MS);
  };
}

async function fetchPreview(form: HTMLFormElement): Promise<Preview | undefined> {
  const answer = await fetch('?/preview', {
    method: 'POST',
    body: new FormData(form),
    headers: { accept: 'application/json', 'x-sveltekit-action': 'true' },
  });
  const result = deserialize<{ preview: Preview }, never>(await answer.text());
  return result.type === 'success' ? result.data?.preview : undefined;
}
