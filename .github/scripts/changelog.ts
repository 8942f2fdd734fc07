/** A version's section of CHANGELOG.md. `note`: what stands in brackets behind the version, a date or `unreleased`. */
export type ChangelogSection = { readonly version: string; readonly note: string; readonly text: string };

const heading = /^## (\S+)(?: \((.+)\))?$/;

/** Every section of a changelog, in its order. A section begins with `## 1.2.3 (2026-11-28)` and goes on to the next. */
export function changelogSections(changelog: string): ChangelogSection[] {
  const lines = changelog.split('\n');
  const starts = lines.flatMap((line, index) => (line.startsWith('## ') ? [index] : []));
  return starts.map((start, index) => {
    const [, version = '', note = ''] = heading.exec(lines[start] ?? '') ?? [];
    const text = lines
      .slice(start + 1, starts[index + 1])
      .join('\n')
      .trim();
    return { version, note, text };
  });
}
