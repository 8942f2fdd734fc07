import type { CorpusDatabase } from './corpus-database.ts';
import * as applications from './databases/blind/applications.ts';
import * as marketplaces from './databases/blind/marketplaces.ts';
import * as otherLanguagesAndShapes from './databases/blind/other-languages-and-shapes.ts';

const files = [marketplaces, applications, otherLanguagesAndShapes];

/** Databases made without a look at the rules, and scored once before anything was changed for them. */
export const blindCorpus: readonly CorpusDatabase[] = files.flatMap((file) => Object.values<CorpusDatabase>(file));
