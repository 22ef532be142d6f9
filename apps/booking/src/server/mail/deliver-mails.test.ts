import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { replayDead } from '#server/notifications/replay-dead.ts';
import { type MailBench, openMailBench, openPost } from './test-mail-bench.ts';
import { type Behaviour, openSmtpSink, type Stage } from './test-smtp-sink.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

const states = async (bench: MailBench) => (await bench.mails()).map((mail) => mail.state);

/** The sink does this at that stage, to everybody or to one address. */
const at =
  (when: Stage, behaviour: Behaviour, whom?: string) =>
  (stage: Stage, recipient: string): Behaviour =>
    stage === when && (whom === undefined || recipient === whom) ? behaviour : 'take';

/** Lets time pass and looks until nothing waits, for three days at most. */
async function lookUntilQuiet(bench: MailBench) {
  for (let looks = 0; looks < 200 && (await states(bench)).includes('waiting'); looks++) {
    const next = Math.min(...(await bench.mails()).filter((mail) => mail.state === 'waiting').map((mail) => mail.inMs));
    bench.pass(Math.max(next, 61 * SECOND));
    await bench.look();
  }
}

function timesTaken(bench: MailBench) {
  const times = new Map<string, number>();
  for (const { id } of bench.sink.taken) times.set(id, (times.get(id) ?? 0) + 1);
  return times;
}

test('every mail goes once, to its person alone, under the id of its outbox row', async () => {
  const bench = await openMailBench();
  const people = await bench.book(30);
  assert.deepEqual(await bench.look(), { isMoreLikely: true });
  assert.deepEqual(await bench.look(), { isMoreLikely: false });
  await bench.look();
  assert.deepEqual(bench.sink.taken.map((mail) => mail.to.join()).sort(), people.sort());
  const ids = (await bench.mails()).map((mail) => mail.id);
  assert.deepEqual(bench.sink.taken.map((mail) => mail.id).sort(), ids.sort());
  assert.deepEqual(new Set(bench.sink.taken.map((mail) => mail.from)), new Set(['hello@studio.example']));
  assert.deepEqual(new Set(await states(bench)), new Set(['delivered']));
  assert.equal(bench.sink.lines, 1, 'mails share a line');
});

for (const [code, stage] of [
  [451, 'to'],
  [452, 'data'],
  [450, 'data'],
] as const) {
  test(`NOTIF-27: ${code} at ${stage} puts one mail off and lets the others through`, async () => {
    const bench = await openMailBench();
    const [, second = ''] = await bench.book(3);
    bench.sink.behave = at(stage, code, second);
    await bench.look();
    const mails = await bench.mails();
    assert.deepEqual(
      mails.map((mail) => [mail.state, mail.refusals]),
      [
        ['delivered', 0],
        ['waiting', 1],
        ['delivered', 0],
      ],
    );
    assert.equal(mails[1]?.inMs, 5 * SECOND);
    assert.match(mails[1]?.last_error ?? '', new RegExp(`${code} no, because of <the address>`));
    assert.equal((await bench.destination()).down_since, null);
    bench.sink.behave = () => 'take';
    bench.pass(5 * SECOND);
    await bench.look();
    assert.deepEqual(await states(bench), Array(3).fill('delivered'));
    assert.deepEqual(new Set(timesTaken(bench).values()), new Set([1]));
  });
}

for (const [code, stage] of [
  [550, 'to'],
  [554, 'data'],
] as const) {
  test(`NOTIF-27: ${code} at ${stage} gives one mail up with the reason, lets the others through, and a replay sends it`, async () => {
    const bench = await openMailBench();
    const [first = ''] = await bench.book(3);
    bench.sink.behave = at(stage, code, first);
    await bench.look();
    const [mail] = await bench.mails();
    assert.deepEqual(await states(bench), ['dead', 'delivered', 'delivered']);
    assert.match(mail?.last_error ?? '', new RegExp(`${code} no, because of <the address>`));
    const lines = bench.logLines.filter((line) => line.includes('a message is given up'));
    assert.equal(lines.length, 1);
    assert.ok(!bench.logLines.join().includes(first), 'addresses stay out of the log');
    bench.sink.behave = () => 'take';
    await replayDead(bench.studio.db, { destination: 'mail' });
    await bench.look();
    assert.deepEqual(await states(bench), Array(3).fill('delivered'));
  });
}

test('a mail that is put off every time is given up after three days', async () => {
  const bench = await openMailBench();
  await bench.book(1);
  bench.sink.behave = at('to', 451);
  await lookUntilQuiet(bench);
  assert.deepEqual(await states(bench), ['dead']);
  assert.ok(bench.sink.lines > 0 && bench.sink.taken.length === 0);
});

const OUTAGES: Record<string, { stage: Stage; behaviour: Behaviour }> = {
  'a mail server that is not there': { stage: 'connect', behaviour: 'die' },
  'a line that is cut before the greeting': { stage: 'connect', behaviour: 'cut' },
  'a greeting that never comes': { stage: 'connect', behaviour: 'hang' },
  'a server that is closed': { stage: 'connect', behaviour: 554 },
  'a server that is busy': { stage: 'connect', behaviour: 421 },
  'a sender that is not let in': { stage: 'from', behaviour: 550 },
  'a sender that is put off': { stage: 'from', behaviour: 451 },
  'a server that wants to know who we are': { stage: 'to', behaviour: 530 },
  'a server that hangs over every sender': { stage: 'from', behaviour: 'hang' },
  'a server that hangs over every recipient': { stage: 'to', behaviour: 'hang' },
  'a server that cuts every line at the recipient': { stage: 'to', behaviour: 'cut' },
};
for (const [name, { stage, behaviour }] of Object.entries(OUTAGES)) {
  test(`NOTIF-27: ${name}: mails wait, nobody is blamed for good, and all go once when it is back`, async () => {
    const bench = await openMailBench();
    await bench.book(5);
    if (behaviour === 'die') await bench.sink.die();
    else bench.sink.behave = at(stage, behaviour);
    const post = behaviour === 'hang' ? openPost(bench.sink, 300) : bench.post;
    await bench.look(post);
    const outage = await bench.destination();
    assert.notEqual(outage.down_since, null);
    assert.notEqual(outage.down_reason, null);
    assert.equal(bench.logLines.filter((line) => line.includes('the mail server takes no messages')).length, 1);
    const { lines } = bench.sink;
    await bench.look(post);
    assert.equal(bench.sink.lines, lines, 'nobody asks before the first probe');
    // Half an hour of it, with a probe a minute.
    for (let minutes = 0; minutes < 3; minutes++) {
      bench.pass(10 * MINUTE);
      await bench.look(post);
    }
    assert.ok((await states(bench)).every((state) => state === 'waiting'));
    if (behaviour === 'die') await bench.sink.revive();
    bench.sink.behave = () => 'take';
    await lookUntilQuiet(bench);
    assert.deepEqual(await states(bench), Array(5).fill('delivered'));
    assert.deepEqual([...timesTaken(bench).values()], Array(5).fill(1));
    assert.equal((await bench.destination()).down_since, null);
    assert.equal((await bench.destination()).down_reason, null);
  });
}

test('a wrong password is an outage, and stands in no log', async () => {
  const bench = await openMailBench();
  const strict = await openSmtpSink({ user: 'samaya', password: 'right-password' });
  await bench.book(2);
  const url = strict.url.replace('right-password', 'wrong-password');
  await bench.look(openPost({ url }));
  assert.match((await bench.destination()).down_reason ?? '', /535/);
  assert.ok(!bench.logLines.join().includes('wrong-password'));
  bench.pass(MINUTE);
  await bench.look(openPost(strict));
  await bench.look(openPost(strict));
  assert.equal(strict.taken.length, 2);
});

test('a mail over which the line breaks is put off alone; it does not stop the others', async () => {
  const bench = await openMailBench();
  const [, second = ''] = await bench.book(4);
  bench.sink.behave = at('to', 'cut', second);
  await bench.look();
  assert.deepEqual(
    (await bench.mails()).map((mail) => [mail.state, mail.refusals]),
    [
      ['delivered', 0],
      ['waiting', 1],
      ['delivered', 0],
      ['delivered', 0],
    ],
  );
  assert.equal((await bench.destination()).down_since, null);
});

test('NOTIF-27: a server that dies after it was handed a mail gets that one again, and no other twice', async () => {
  const bench = await openMailBench();
  await bench.book(5);
  let handed = 0;
  bench.sink.behave = (stage) => (stage === 'data' && ++handed === 3 ? 'die' : 'take');
  await bench.look();
  assert.deepEqual((await states(bench)).sort(), ['delivered', 'delivered', 'waiting', 'waiting', 'waiting']);
  await bench.sink.revive();
  await lookUntilQuiet(bench);
  assert.deepEqual(await states(bench), Array(5).fill('delivered'));
  const ids = bench.sink.handedOver.map((mail) => mail.id);
  assert.equal(ids.length, 6);
  assert.equal(new Set(ids).size, 5, 'the second of the two is known as the same');
});

test('NOTIF-27: a server that hangs after it was handed a mail gets that one again, and no other twice', async () => {
  const bench = await openMailBench();
  await bench.book(3);
  let handed = 0;
  bench.sink.behave = (stage) => (stage === 'data' && ++handed === 1 ? 'hang' : 'take');
  await bench.look(openPost(bench.sink, 4000));
  await lookUntilQuiet(bench);
  assert.deepEqual(await states(bench), Array(3).fill('delivered'));
  assert.equal(bench.sink.handedOver.length, 4);
  assert.deepEqual([...timesTaken(bench).values()], [1, 1, 1]);
});

test('a mail that nothing was heard of for three days is given up, unless somebody replays it', async () => {
  const bench = await openMailBench();
  await bench.book(1);
  bench.pass(3 * DAY);
  await bench.look();
  assert.deepEqual(
    (await bench.mails()).map((mail) => [mail.state, mail.last_error]),
    [['dead', 'was not sent for 3 days']],
  );
  assert.equal(bench.sink.lines, 0);
  await replayDead(bench.studio.db);
  await bench.look();
  assert.deepEqual(await states(bench), ['delivered']);
});

test('what nobody needs any more counts as arrived, with the reason, and is not sent', async () => {
  const bench = await openMailBench();
  await bench.book(3);
  await bench.studio.asOwner(`
    update users set email = 'deleted-' || id || '@deleted.invalid', deleted_at = now() where id = (select min(user_id) from bookings);
    update bookings set status = 'cancelled' where id = (select max(id) from bookings)`);
  await bench.look();
  assert.deepEqual(
    (await bench.mails()).map((mail) => [mail.state, mail.last_error]),
    [
      ['delivered', 'not needed: the person is gone'],
      ['delivered', null],
      ['delivered', 'not needed: the booking is cancelled by now'],
      ['delivered', null],
    ],
  );
  assert.equal(bench.sink.taken.length, 2);
});

test('a probe that meets a mail nobody needs asks with the next one', async () => {
  const bench = await openMailBench();
  await bench.sink.die();
  await bench.book(2);
  await bench.look();
  await bench.sink.revive();
  await bench.studio.asOwner(`
    update users set email = 'deleted@deleted.invalid' where id = (select min(user_id) from bookings);
    update outbox set next_attempt_at = next_attempt_at - interval '1 second'
      where user_id = (select min(user_id) from bookings)`);
  bench.pass(MINUTE);
  await bench.look();
  assert.notEqual((await bench.destination()).down_since, null);
  await bench.look();
  assert.equal((await bench.destination()).down_since, null);
  assert.equal(bench.sink.taken.length, 1);
});

test('a mail that asked in vain goes with the others, once, as soon as the server is back', async () => {
  const bench = await openMailBench();
  await bench.sink.die();
  await bench.book(2);
  await bench.look();
  bench.pass(MINUTE);
  await bench.look();
  await bench.sink.revive();
  bench.pass(MINUTE);
  await bench.look();
  await bench.look();
  assert.deepEqual(await states(bench), ['delivered', 'delivered']);
  assert.deepEqual([...timesTaken(bench).values()], [1, 1]);
});

test('an address that is none is given up without asking anybody', async () => {
  const bench = await openMailBench();
  await bench.book(3);
  await bench.studio.asOwner(`
    update users set email = case id % 3 when 0 then 'no address' when 1 then '"a b"@c.example' else 'a@b.example,c@d.example' end`);
  await bench.look();
  assert.deepEqual(
    new Set((await bench.mails()).map((mail) => mail.last_error)),
    new Set(['cannot be sent: the address is none']),
  );
  assert.equal(bench.sink.lines, 0);
});

/** Two relays look at once, the second while the first waits for its first answer; how often each mail was taken. */
async function lookTwiceAtOnce(bench: MailBench) {
  await bench.book(10);
  const second = Promise.withResolvers<void>();
  let handed = 0;
  bench.sink.behave = async (stage): Promise<Behaviour> => {
    if (stage === 'data' && ++handed === 1) await second.promise;
    else if (stage === 'data') second.resolve();
    return 'take';
  };
  const first = bench.look();
  while (handed === 0) await sleep(2);
  await bench.look(openPost(bench.sink)).finally(second.resolve);
  await first;
  return [...timesTaken(bench).values()];
}

test('what one relay has on its way no other one sends', async () => {
  assert.deepEqual(await lookTwiceAtOnce(await openMailBench()), Array(10).fill(1));
});

test('negative control: without the lease mails go twice', async () => {
  const bench = await openMailBench();
  await bench.studio.asOwner(`
    create function forget_lease() returns trigger language plpgsql as
      $$ begin new.next_attempt_at := old.next_attempt_at; return new; end $$;
    create trigger forget_lease before update on outbox for each row execute function forget_lease()`);
  assert.ok((await lookTwiceAtOnce(bench)).some((times) => times > 1));
});

test('negative control: a mail that is noted before it was taken is lost when the server dies', async () => {
  const bench = await openMailBench();
  await bench.studio.asOwner(`
    create function note_too_early() returns trigger language plpgsql as
      $$ begin if new.attempts > old.attempts then new.delivered_at := now(); end if; return new; end $$;
    create trigger note_too_early before update on outbox for each row execute function note_too_early()`);
  await bench.book(5);
  bench.sink.behave = at('to', 'die');
  await bench.look();
  await bench.sink.revive();
  bench.sink.behave = () => 'take';
  await lookUntilQuiet(bench);
  assert.ok(bench.sink.taken.length < 5);
});
