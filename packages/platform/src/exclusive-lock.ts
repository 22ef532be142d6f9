import { DatabaseSync } from 'node:sqlite';

// A lock that nobody refers to would be given back by the garbage collector.
const held = new Set<DatabaseSync>();

/**
 * Takes a lock that other processes see, or answers undefined when one of them has it. The operating system gives it
 * back when its holder dies, however that happens: unlike a file with a process id, it can be neither stale nor stolen.
 * The file stays; it is empty. Answers the function that gives the lock back.
 */
export function tryLock(file: string): (() => void) | undefined {
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if ((error as Error).message.includes('locked')) return undefined;
    throw error;
  }
  held.add(lock);
  return () => {
    if (held.delete(lock)) lock.close();
  };
}
