/** The colours of the mail; the site's are the same. Dark ones are in the mail's style sheet. */
export const colours = {
  background: '#f5f4f0',
  card: '#ffffff',
  text: '#17212d',
  muted: '#586372',
  line: '#e5e2da',
  accent: '#0b6b68',
  warn: '#8a5a00',
  warnBackground: '#fff6e4',
  bad: '#a8261d',
  header: '#13243a',
  headerMuted: '#b4c3d6',
} as const;
