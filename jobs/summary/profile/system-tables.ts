/** What writes a database, told by its own tables; each keeps times in UTC unless it is told otherwise. */
export type Framework =
  | 'Django'
  | 'Rails'
  | 'Laravel'
  | 'Alembic (SQLAlchemy)'
  | 'Prisma'
  | 'Odoo'
  | 'Entity Framework';

export type ListedTable = { readonly name: string; readonly kind: string; readonly sql: string };

const frameworks: readonly (readonly [RegExp, Framework])[] = [
  [/^django_(migrations|content_type)$/, 'Django'],
  [/^(schema_migrations|ar_internal_metadata)$/, 'Rails'],
  [/^migrations$/, 'Laravel'],
  [/^alembic_version$/, 'Alembic (SQLAlchemy)'],
  [/^_prisma_migrations$/, 'Prisma'],
  [/^ir_(module_module|model|config_parameter)$/, 'Odoo'],
  [/^__efmigrationshistory$/, 'Entity Framework'],
];
const own =
  /^(django_(migrations|content_type|session|admin_log|site|celery_.*)|auth_(permission|group|group_permissions|user_groups|user_user_permissions)|schema_migrations|ar_internal_metadata|active_storage_.*|action_text_.*|solid_(queue|cache|cable)_.*|failed_jobs|job_batches|cache_locks|password_resets|password_reset_tokens|personal_access_tokens|oauth_.*|telescope_.*|pulse_.*|health_check.*|_prisma_migrations|alembic_version|knex_migrations(_lock)?|sequelizemeta|__efmigrationshistory|__efmigrationslock|aspnet.*|flyway_schema_history|databasechangelog(lock)?|goose_db_version|phinxlog|doctrine_migration_versions|typeorm_metadata|ir_.*|bus_bus|mail_(message|followers|mail|tracking_value|notification)|spatial_ref_sys|geometry_columns(_.*)?|views_geometry_columns.*|virts_geometry_columns.*|spatialindex|elementarygeometries|sql_statements_log|spatialite_history|gpkg_.*|rtree_.*|_litestream_.*|sqlean_.*|_sqlite_.*|sqlite_.*|audit_?logs?|api_keys?|access_tokens|refresh_tokens|celery_.*|_metadata|wp_(options|postmeta|usermeta|commentmeta|termmeta|actionscheduler_.*))$/;
/** Names that a business may have for a table of its own too (charging sessions, a printer's jobs): its columns tell. */
const ambiguous = /^(migrations|jobs|cache|sessions?|versions|tokens?|metadata)$/;
const technical =
  /\b(payload|sess|session_(data|key|id)|last_activity|expir(y|es|ed|ation)\w*|handler|queue|batch|migration|user_agent|(token|refresh)\w*|secret|hash|checksum|whodunnit|object_changes|item_type|value)\b/i;
/** What the modules of virtual tables add to a table's name for their own. */
const shadow =
  /_(content|data|docsize|idx|config|segments|segdir|stat|node|parent|rowid|chunks|rowids|info|auxiliary|metadatachunks\d+|metadatatext\d+|vector_chunks\d+|index|shadow|row|col|vocab|instance)$/;

/** The tables and views that are the business's own: no framework's, none of an index, no virtual one and its shadows. */
export function businessTables<T extends ListedTable>(listed: readonly T[]): T[] {
  const virtual = listed.filter(isVirtual).map(({ name }) => name.toLowerCase());
  return listed.filter((table) => {
    const name = table.name.toLowerCase();
    const isShadow =
      table.kind === 'shadow' ||
      virtual.some((owner) => name.startsWith(`${owner}_`) && shadow.test(name.slice(owner.length)));
    return !isShadow && !isVirtual(table) && !own.test(name) && !(ambiguous.test(name) && technical.test(table.sql));
  });
}

/** The framework that keeps its tables in the database, or null. */
export function frameworkOf(listed: readonly ListedTable[]): Framework | null {
  const names = listed.map(({ name }) => name.toLowerCase());
  return frameworks.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? null;
}

function isVirtual({ kind, sql }: ListedTable): boolean {
  return kind === 'virtual' || /^\s*create\s+virtual\s/i.test(sql);
}
