import type { Connection } from '../../ui/follow-events.ts';
import { CONNECTION } from './inbox-texts.ts';

// A shorter break is not worth a clock.
const OFFLINE_MS = 5000;

/** The line to the server as the inbox shows it; `say` announces that it is away for long, and that it is back. */
export function createLineState(outside: { timeOfDay(): string; say(words: string): void }) {
  let connection = $state<Connection>('connecting');
  let offlineSince = $state<string>();
  let goingOffline: ReturnType<typeof setTimeout> | undefined;

  return {
    get connection() {
      return connection;
    },
    /** The time of day since which it is away, once that is long. */
    get offlineSince() {
      return offlineSince;
    },
    note(state: Connection): void {
      const wasBroken = connection === 'broken';
      connection = state;
      if (state === 'broken' && !wasBroken) {
        const since = outside.timeOfDay();
        goingOffline = setTimeout(() => {
          offlineSince = since;
          outside.say(CONNECTION.offline(since));
        }, OFFLINE_MS);
      }
      if (state === 'broken') return;
      clearTimeout(goingOffline);
      if (offlineSince !== undefined && state === 'live') outside.say(CONNECTION.isBack);
      offlineSince = undefined;
    },
    stop: () => clearTimeout(goingOffline),
  };
}
