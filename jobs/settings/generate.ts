import { readFileSync, writeFileSync } from 'node:fs';
import { documents, regenerated } from './documents.ts';

// `npm run settings` writes what follows from the table: Pulumi.yaml's config section, and the README of this folder.
for (const document of documents) {
  writeFileSync(document.file, regenerated(readFileSync(document.file, 'utf8'), document));
}
