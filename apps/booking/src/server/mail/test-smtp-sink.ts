import { once } from 'node:events';
import type { Socket } from 'node:net';
import { after } from 'node:test';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** A mail as it came to the sink. */
export interface SunkMail {
  from: string;
  to: string[];
  raw: string;
  /** What names it: the part of its Message-ID before the host. */
  id: string;
}

/** Where a conversation stands. `data`: the whole mail was handed over, and not answered yet. */
export type Stage = 'connect' | 'from' | 'to' | 'data';

/** What the sink does at a stage: goes on, never answers, cuts the line, dies altogether, or answers with a code. */
export type Behaviour = 'take' | 'hang' | 'cut' | 'die' | number;

export interface SmtpSink {
  /** For `SMTP_URL`. */
  url: string;
  /** Every mail that was handed over whole, taken or not. */
  handedOver: SunkMail[];
  /** Those that the sink said it took. */
  taken: SunkMail[];
  /** Asked at every stage; `recipient` is known from `to` on. The line waits for the answer. */
  behave: (stage: Stage, recipient: string) => Behaviour | Promise<Behaviour>;
  /** How many lines were opened. */
  lines: number;
  /** Gone: nobody listens. */
  die(): Promise<void>;
  /** Back on its port. */
  revive(): Promise<void>;
}

/** A mail server on a port of its own that takes everything until told otherwise. It ends with the test. */
export async function openSmtpSink({ user, password }: { user?: string; password?: string } = {}): Promise<SmtpSink> {
  const sockets = new Map<number, Socket>();
  let server: SMTPServer | undefined;
  let port = 0;
  const sink: SmtpSink = {
    url: '',
    handedOver: [],
    taken: [],
    behave: () => 'take',
    lines: 0,
    async die() {
      const dying = server;
      server = undefined;
      for (const socket of sockets.values()) socket.destroy();
      if (dying) await new Promise<void>((resolve) => dying.close(() => resolve()));
    },
    async revive() {
      server = createServer();
      const listener = server.listen(port, '127.0.0.1');
      listener.on('connection', (socket: Socket) => {
        sink.lines++;
        const key = Number(socket.remotePort);
        sockets.set(key, socket);
        socket.on('close', () => sockets.delete(key));
      });
      await once(listener, 'listening');
      port = (listener.address() as { port: number }).port;
    },
  };

  function createServer(): SMTPServer {
    const created = new SMTPServer({
      disabledCommands: user === undefined ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
      allowInsecureAuth: true,
      disableReverseLookup: true,
      closeTimeout: 1,
      onAuth: (auth, _session, done) =>
        auth.username === user && auth.password === password ? done(null, { user }) : done(new Error('wrong')),
      onConnect: (session, done) => void act('connect', session, done),
      onMailFrom: (_address, session, done) => void act('from', session, done),
      onRcptTo: (address, session, done) => void act('to', session, done, address.address),
      async onData(stream, session, done) {
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        const raw = Buffer.concat(chunks).toString();
        const { mailFrom, rcptTo } = session.envelope;
        const mail = {
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw,
          id: /^Message-ID: <([^@>]+)@/im.exec(raw)?.[1] ?? '',
        };
        sink.handedOver.push(mail);
        await act('data', session, (error) => {
          if (!error) sink.taken.push(mail);
          done(error);
        });
      },
    });
    // A line that a test cuts is no fault of the server.
    created.on('error', () => {});
    return created;
  }

  async function act(
    stage: Stage,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
    recipient?: string,
  ) {
    const [known] = session.envelope?.rcptTo ?? [];
    const behaviour = await sink.behave(stage, recipient ?? known?.address ?? '');
    if (behaviour === 'take') return done();
    if (behaviour === 'hang') return;
    if (behaviour === 'cut') return void sockets.get(session.remotePort)?.destroy();
    if (behaviour === 'die') return void sink.die();
    done(
      Object.assign(new Error(`no, because of <${recipient ?? known?.address ?? 'you'}>`), { responseCode: behaviour }),
    );
  }

  await sink.revive();
  const credentials = user === undefined ? '' : `${user}:${password}@`;
  sink.url = `smtp://${credentials}127.0.0.1:${port}`;
  after(() => sink.die());
  return sink;
}
