/** What an application tells the process that started it. */
export interface ReadyMessage {
  ready: { port: number };
}

/** Tells the launcher, if one started this process, that requests are taken. */
export function reportReady(port: number): void {
  process.send?.({ ready: { port } } satisfies ReadyMessage);
}

/** Runs `stop` once, on SIGINT, on SIGTERM or when the launcher is gone, and then ends the process. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const begin = () => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', begin);
  process.on('SIGTERM', begin);
  process.on('disconnect', begin);
}
