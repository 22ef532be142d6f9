import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';

const APPS = ['booking', 'crm'] as const;
// An editor saves in several steps, and a formatter saves after it.
const SETTLE_MS = 150;

/**
 * Calls `onChange` with the application whose server code changed; pages are followed by Vite. Answers the function
 * that ends it.
 */
export function watchSources(root: string, onChange: (app: (typeof APPS)[number]) => void): () => void {
  const places = [
    ...APPS.flatMap((app) => [
      { place: `apps/${app}/src`, apps: [app], counts: /^(server\/.+|main|pages)\.ts$/ },
      { place: `apps/${app}/migrations`, apps: [app], counts: /\.sql$/ },
    ]),
    ...['packages/platform/src', 'packages/booking-notification/src'].map((place) => ({
      place,
      apps: APPS,
      counts: /\.ts$/,
    })),
  ];
  const timers = new Map<string, NodeJS.Timeout>();
  const watchers = places
    .filter(({ place }) => existsSync(join(root, place)))
    .map(({ place, apps, counts }) =>
      watch(join(root, place), { recursive: true }, (_, file) => {
        if (!file || !counts.test(file.replaceAll('\\', '/')) || /\.test\.ts$/.test(file)) return;
        for (const app of apps) {
          clearTimeout(timers.get(app));
          timers.set(
            app,
            setTimeout(() => onChange(app), SETTLE_MS),
          );
        }
      }),
    );
  return () => {
    for (const watcher of watchers) watcher.close();
    for (const timer of timers.values()) clearTimeout(timer);
  };
}
