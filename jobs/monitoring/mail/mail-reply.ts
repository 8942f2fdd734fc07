/** A reply of a mail server that refuses something, and the SMTP command it answers (`CONN`: the connection itself). */
export type MailReply = { readonly command: string; readonly code: number; readonly text: string };

/**
 * What a refusal is about. Only `recipient`, `size` and `mail` are about the mail at hand and are final: the other
 * kinds say nothing of the recipient, and may pass by themselves or once a setting is right.
 */
export type RefusalKind =
  | 'name'
  | 'greeting'
  | 'host'
  | 'login'
  | 'sender'
  | 'relay'
  | 'quota'
  | 'mailbox'
  | 'busy'
  | 'recipient'
  | 'size'
  | 'mail';

/**
 * What a refusal is about: by the command it answers, its enhanced code (RFC 3463) and its words, since most servers put
 * off to RCPT TO what they have against the host, the name or the sender, and have one code for many things.
 */
export function refusalKindOf({ command, code, text }: MailReply): RefusalKind {
  const isPassing = code < 500;
  if (/^(EHLO|HELO|LHLO)$/.test(command)) {
    if (isPassing) return 'greeting';
    return hostWords.test(text) ? 'host' : 'name';
  }
  if (command === 'CONN') return isPassing ? 'busy' : 'host';
  if (command.startsWith('AUTH') || code === 530) return isPassing ? 'busy' : 'login';
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})/.exec(text)?.[1]?.slice(2) ?? '';
  const byWording = kindsByWording.find(([pattern]) => pattern.test(text))?.[1];
  const byCode = kindsByCode[enhanced];
  // Servers have 5.2.2, "mailbox full", for the sender's own share too.
  const found =
    (byCode === 'mailbox' && byWording === 'quota' ? byWording : byCode) ?? byWording ?? defaultKind(command, code);
  const isOfMail = found === 'recipient' || found === 'size' || found === 'mail';
  return isPassing && isOfMail ? 'busy' : found;
}

/** Enhanced codes that mean one thing, without their first digit; 7.1 and 1.0 mean too many. */
const kindsByCode: Readonly<Record<string, RefusalKind>> = {
  '1.1': 'recipient',
  '1.2': 'recipient',
  '1.3': 'recipient',
  '1.6': 'recipient',
  '1.10': 'recipient',
  '1.7': 'sender',
  '1.8': 'sender',
  '2.1': 'recipient',
  '2.2': 'mailbox',
  '2.3': 'size',
  '3.1': 'mailbox',
  '3.4': 'size',
  '4.5': 'quota',
  '7.8': 'login',
  '7.20': 'sender',
  '7.23': 'sender',
  '7.25': 'host',
  '7.26': 'sender',
  '7.27': 'sender',
  '7.28': 'quota',
};

const hostWords =
  /block(ed)? (using|list|by)|black ?list|spamhaus|dnsbl|client host|client address|reverse dns|\bptr\b/i;

/** In this order: a quota may mention sizes and senders, a block list senders. */
const kindsByWording: readonly [RegExp, RefusalKind][] = [
  [/\b(helo|ehlo)\b/i, 'name'],
  [/auth\w* (is )?required|must authenticate|not authenticated|log ?in first/i, 'login'],
  [/(message|mail) (size|length)|size limit|too (large|big)\b/i, 'size'],
  [/per (minute|hour|day)\b|(hourly|daily|outgoing|sending|submission|rate) .*(limit|quota|exceeded)/i, 'quota'],
  [/too many (e-?mails|messages)|throttl|unusual sending|(limit|rate|max\w* e-?mails) .*exceeded/i, 'quota'],
  [/(mailbox|inbox) .*full|over ?quota|quota|exceeded storage|insufficient (system )?(storage|space)/i, 'mailbox'],
  [/\brelay/i, 'relay'],
  [hostWords, 'host'],
  [/\bsender\b|\b(spf|dkim|dmarc)\b/i, 'sender'],
];

function defaultKind(command: string, code: number): RefusalKind {
  if (command === 'MAIL FROM') return 'sender';
  // RFC 5321: "exceeded storage allocation", by whomever.
  if (code === 552) return 'mailbox';
  return command === 'RCPT TO' ? 'recipient' : 'mail';
}
