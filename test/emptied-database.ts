import { PGlite } from '@electric-sql/pglite'
import { extensions } from '../src/platform/embedded.ts'

/**
 * Databases in memory, each as new when it is handed out. Opening one takes most of a second, emptying it a tenth of
 * that: one that was given back is emptied and lent again, unless whoever had it changed more than rows.
 */
export type Lender = {
  /** The one lent is given back by closing it. */
  lend(): Promise<PGlite>
}

type Kept = { client: PGlite; close: () => Promise<void>; birth: Birth }
type Birth = { schema: string; rows: { table: string; rows: unknown }[]; sequences: Sequence[] }
type Sequence = { name: string; last_value: string | null }

/** Each holds its whole heap. */
const KEPT = 2

export function lenderOf(dump: () => Blob): Lender {
  const idle: Kept[] = []

  async function open(): Promise<Kept> {
    const client = await PGlite.create({ loadDataDir: dump(), extensions })
    return { client, close: client.close.bind(client), birth: await birthOf(client) }
  }

  async function takeBack(kept: Kept): Promise<void> {
    if (idle.length < KEPT && (await isAsNew(kept))) idle.push(kept)
    else await kept.close()
  }

  return {
    async lend() {
      const kept = idle.pop() ?? (await open())
      kept.client.close = () => takeBack(kept)
      return kept.client
    },
  }
}

const ours = "nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"

/** What must be as it was for emptied tables to be a new database: relations, rights, columns, triggers, functions, roles. */
const SCHEMA = `
  with spaces as (select oid from pg_namespace where ${ours}),
  things as (
    select concat_ws(' ', 'relation', c.oid, relname, relkind, relowner, relacl, c.reltriggers) as thing
      from (select *, relhastriggers as reltriggers from pg_class) c where relnamespace in (select oid from spaces)
    union all select concat_ws(' ', 'column', attrelid, attname, atttypid, attnotnull, attisdropped, attacl)
      from pg_attribute join pg_class c on c.oid = attrelid where relnamespace in (select oid from spaces)
    union all select concat_ws(' ', 'default', adrelid, adnum, pg_get_expr(adbin, adrelid)) from pg_attrdef
    union all select concat_ws(' ', 'constraint', oid, conname, pg_get_constraintdef(oid)) from pg_constraint
    union all select concat_ws(' ', 'trigger', oid, tgname, tgenabled) from pg_trigger
    union all select concat_ws(' ', 'function', oid, proname, prosrc, proacl)
      from pg_proc where pronamespace in (select oid from spaces)
    union all select concat_ws(' ', 'schema', oid, nspname, nspacl) from pg_namespace where ${ours}
    union all select concat_ws(' ', 'role', oid, rolname, rolsuper) from pg_roles
  )
  select md5(string_agg(thing, ',' order by thing)) as schema from things`

const TABLES = `select format('%I.%I', nspname, relname) as name from pg_class
  join pg_namespace n on n.oid = relnamespace where relkind in ('r', 'p') and ${ours} and nspname <> 'drizzle'`

const SEQUENCES = `select format('%I.%I', schemaname, sequencename) as name, last_value::text
  from pg_sequences where schemaname <> 'drizzle'`

async function birthOf(client: PGlite): Promise<Birth> {
  const rows: Birth['rows'] = []
  for (const { name } of await asked<{ name: string }>(client, TABLES)) {
    const [found] = await asked<{ rows: unknown }>(client, `select jsonb_agg(t) as rows from ${name} t`)
    if (found?.rows) rows.push({ table: name, rows: found.rows })
  }
  const sequences = await asked<Sequence>(client, SEQUENCES)
  return { schema: await schemaOf(client), rows, sequences }
}

async function schemaOf(client: PGlite): Promise<string> {
  const [found] = await asked<{ schema: string }>(client, SCHEMA)
  return found?.schema ?? ''
}

async function asked<Row>(client: PGlite, query: string): Promise<Row[]> {
  return (await client.query<Row>(query)).rows
}

async function isAsNew({ client, birth }: Kept): Promise<boolean> {
  if (client.closed) return false
  await client.exec('discard all')
  if ((await schemaOf(client)) !== birth.schema) return false
  // Rows that may not be changed are changed here.
  await client.exec('set session_replication_role = replica')
  const tables = await asked<{ name: string }>(client, TABLES)
  await client.exec(`truncate ${tables.map(({ name }) => name).join(', ')} restart identity`)
  for (const { table, rows } of birth.rows) {
    const filled = `insert into ${table} overriding system value select * from jsonb_populate_recordset(null::${table}, $1)`
    await client.query(filled, [rows])
  }
  for (const { name, last_value } of birth.sequences)
    if (last_value !== null) await client.query('select setval($1, $2)', [name, last_value])
  await client.exec('discard all')
  return true
}
