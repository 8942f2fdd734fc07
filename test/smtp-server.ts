import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerError, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import type { Smtp } from '../jobs/settings/smtp.ts';
import { type Certificate, selfSigned } from './certificate.ts';

/** What goes wrong on purpose. `hang` answers nothing more at that point. */
export type Faults = {
  /** The first so many recipients get a 451, as greylisting does. */
  defer?: number;
  /** This recipient gets a 550. */
  refuse?: string;
  refuseSender?: boolean;
  /** A 554 in place of the greeting. */
  refuseClient?: boolean;
  /** The text gets a 554 once it is there. */
  refuseText?: boolean;
  /** EHLO and HELO get this reply unless they give a full host name: no address, no bare name (Exim, Google's relay). */
  strictName?: string;
  /** Every recipient gets this reply, `552 5.2.2 Quota exceeded`. */
  recipientReply?: string;
  /** The text gets this reply once it is there. */
  textReply?: string;
  /** So many connections have faults, then there are none; else all have. */
  connections?: number;
  drop?: 'before-data' | 'after-data';
  hang?: 'greeting' | 'after-data';
};

type ReceivedMail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly overTls: boolean;
  readonly user: string | null;
  readonly raw: string;
  readonly parsed: ParsedMail;
};

export type TestSmtpServer = {
  /** Points the sender here, login included when the server wants one. */
  readonly smtp: Smtp;
  /** What was accepted, in order. */
  readonly mails: readonly ReceivedMail[];
  /** What each client called itself, in order. */
  readonly names: readonly string[];
  /** Every RCPT TO, refused ones too. */
  readonly recipientsAsked: readonly string[];
  /** Resolves once a client waits at the `hang`. */
  readonly hung: Promise<void>;
  /** May be changed between mails. */
  faults: Faults;
  close(): Promise<void>;
};

type ServerOptions = {
  /** `plain` knows no TLS at all. */
  security: 'implicit' | 'starttls' | 'plain';
  login?: { user: string; password: string } | null;
  certificate?: Certificate;
  faults?: Faults;
};

const hourMs = 3_600_000;

/** A good certificate and three bad ones. */
export const certificates = {
  good: selfSigned('localhost', new Date(Date.now() - hourMs), new Date(Date.now() + hourMs)),
  untrusted: selfSigned('localhost', new Date(Date.now() - hourMs), new Date(Date.now() + hourMs)),
  expired: selfSigned('localhost', new Date(Date.now() - 2 * hourMs), new Date(Date.now() - hourMs)),
  otherHost: selfSigned('mail.example', new Date(Date.now() - hourMs), new Date(Date.now() + hourMs)),
};

/** Lets this process trust all of them but `untrusted`, so that each bad one fails for its own reason only. */
export function trustTestCertificates(): void {
  const { good, expired, otherHost } = certificates;
  setDefaultCACertificates([...getCACertificates('default'), good.cert, expired.cert, otherHost.cert]);
}

/** A real SMTP server on a free loopback port. Close it at the end of the test. */
export async function startSmtpServer(options: ServerOptions): Promise<TestSmtpServer> {
  const { security, login = null, certificate = certificates.good } = options;
  const mails: ReceivedMail[] = [];
  const recipientsAsked: string[] = [];
  const names: string[] = [];
  let connected = 0;
  // The outermost socket of each client: destroying one below its TLS layer crashes Node 26.
  const sockets = new Map<number, Socket>();
  const keep = (socket: Socket) => sockets.set(socket.remotePort ?? 0, socket);
  const drop = ({ remotePort }: SMTPServerSession) => sockets.get(remotePort)?.destroy();
  const hung = Promise.withResolvers<void>();
  const handlers: SMTPServerOptions = {
    onAuth: ({ username, password }, _session, done) => {
      const isRight = username === login?.user && password === login?.password;
      if (isRight) done(null, { user: username });
      else done(answer(535, `5.7.8 Authentication failed for ${username}:${password}`));
    },
    onConnect: (session, done) => {
      const { connections = Number.POSITIVE_INFINITY } = result.faults;
      connected += 1;
      if (connected > connections) result.faults = {};
      heedNames(server, session, (name) => {
        names.push(name);
        return /^[\w-]+(\.[\w-]+)+$/.test(name) ? null : (result.faults.strictName ?? null);
      });
      if (result.faults.hang === 'greeting') hung.resolve();
      else if (result.faults.refuseClient) done(answer(554, 'Your address is blocked'));
      else done();
    },
    onSecure: (socket, _session, done) => {
      keep(socket);
      done();
    },
    onMailFrom: (_address, _session, done) =>
      result.faults.refuseSender ? done(answer(553, '5.7.1 Sender address rejected: not owned by user')) : done(),
    onRcptTo: ({ address }, session, done) => {
      recipientsAsked.push(address);
      const { defer = 0, refuse, recipientReply } = result.faults;
      if (result.faults.drop === 'before-data') drop(session);
      else if (recipientsAsked.length <= defer) done(answer(451, '4.7.1 Greylisted, try again later'));
      else if (recipientReply !== undefined) done(replyOf(recipientReply));
      else if (address === refuse) done(answer(550, '5.1.1 No such user here'));
      else done();
    },
    onData: async (stream, session, done) => {
      const content = await buffer(stream);
      if (result.faults.drop === 'after-data') return drop(session);
      if (result.faults.hang === 'after-data') return hung.resolve();
      if (result.faults.textReply !== undefined) return done(replyOf(result.faults.textReply));
      if (result.faults.refuseText) return done(answer(554, '5.7.1 Looks like spam'));
      const { mailFrom, rcptTo } = session.envelope;
      mails.push({
        from: mailFrom ? mailFrom.address : '',
        to: rcptTo.map(({ address }) => address),
        overTls: session.secure,
        user: session.user ?? null,
        raw: content.toString(),
        parsed: await simpleParser(content),
      });
      done(null, '2.0.0 Queued as 4fGh2k');
    },
  };
  const server = new SMTPServer({
    ...handlers,
    ...certificate,
    logger: false,
    secure: security === 'implicit',
    disabledCommands: security === 'plain' ? ['STARTTLS'] : [],
    allowInsecureAuth: security === 'plain',
    authOptional: login === null,
    disableReverseLookup: true,
    closeTimeout: 1,
  });
  server.on('error', () => {});
  server.server.on('connection', keep);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const result: TestSmtpServer = {
    smtp: { host: 'localhost', port, login, from: 'Nightshift <backup@example.com>', ehloName: null },
    mails,
    names,
    recipientsAsked,
    hung: hung.promise,
    faults: options.faults ?? {},
    close: () => new Promise<void>((closed) => server.close(closed)),
  };
  return result;
}

/** The server has no event for EHLO and HELO, so their handlers are put before its own; `refusal` gives a reply or null. */
function heedNames(server: SMTPServer, { id }: SMTPServerSession, refusal: (name: string) => string | null): void {
  type Handler = (command: Buffer, done: () => void) => void;
  type Greeted = { id: string; send(code: number, text: string): void } & Record<
    'handler_EHLO' | 'handler_HELO',
    Handler
  >;
  const connection = [...(server.connections as unknown as Set<Greeted>)].find((each) => each.id === id);
  if (connection === undefined) throw new Error('no such connection');
  for (const name of ['handler_EHLO', 'handler_HELO'] as const) {
    const own = connection[name].bind(connection);
    connection[name] = (command, done) => {
      const [, given = ''] = command.toString().trim().split(/\s+/);
      const reply = refusal(given);
      if (reply === null) return own(command, done);
      connection.send(Number(reply.slice(0, 3)), reply.slice(4));
      done();
    };
  }
}

function replyOf(reply: string): SMTPServerError {
  return answer(Number(reply.slice(0, 3)), reply.slice(4));
}

function answer(responseCode: number, text: string): SMTPServerError {
  return Object.assign(new Error(text), { responseCode });
}
