import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { tryLock } from './exclusive-lock.ts';
import { createDataFolder } from './test-data-folder.ts';

test('one process has the lock; it is free again when that one is killed', async () => {
  const file = join(createDataFolder(), 'lock');
  const script = `import { tryLock } from ${JSON.stringify(join(import.meta.dirname, 'exclusive-lock.ts'))};
    process.stdout.write(tryLock(process.argv[1]) ? 'mine' : 'taken');
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', script, file]);
  after(() => holder.kill('SIGKILL'));
  assert.equal(String((await once(holder.stdout, 'data'))[0]), 'mine');
  assert.equal(tryLock(file), undefined);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const release = tryLock(file);
  assert.ok(release);
  assert.equal(tryLock(file), undefined);
  release();
  tryLock(file)?.();
});
