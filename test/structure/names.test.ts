import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '..', '..');

type NamedType = { readonly name: string; readonly file: string };

/** Types, interfaces, classes and enums that the files declare at their top level. */
function typesOf(pattern: string, exclude: readonly string[] = []): NamedType[] {
  return globSync(pattern, { cwd: root, exclude }).flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.Latest);
    return source.statements.flatMap((statement) => {
      const isType =
        ts.isTypeAliasDeclaration(statement) ||
        ts.isInterfaceDeclaration(statement) ||
        ts.isClassDeclaration(statement) ||
        ts.isEnumDeclaration(statement);
      return isType && statement.name !== undefined ? [{ name: statement.name.text, file }] : [];
    });
  });
}

/** Names of the language and of its runtime: what a reader takes for theirs. */
function languageNames(): Set<string> {
  const libraries = path.dirname(createRequire(import.meta.url).resolve('typescript'));
  const declared = globSync('lib.es*.d.ts', { cwd: libraries }).flatMap((file) =>
    [
      ...readFileSync(path.join(libraries, file), 'utf8').matchAll(
        /^(?:declare )?(?:type|interface|class|var) (\w+)/gm,
      ),
    ].map(([, name = '']) => name),
  );
  return new Set([...declared, ...Object.getOwnPropertyNames(globalThis)]);
}

test('a type name means one thing in the whole repository', () => {
  const files = new Map<string, string[]>();
  for (const { name, file } of typesOf('{jobs,infra,test}/**/*.ts'))
    files.set(name, [...(files.get(name) ?? []), file]);
  const twice = [...files].filter(([, places]) => places.length > 1);
  assert.deepEqual(Object.fromEntries(twice), {});
});

test('no type takes a name of the language', () => {
  const names = languageNames();
  assert.ok(names.has('Record') && names.has('Request') && names.has('Map'), 'the names of the language were read');
  const shadowing = typesOf('{jobs,infra,test}/**/*.ts').filter(({ name }) => names.has(name));
  assert.deepEqual(shadowing, []);
});
