/**
 * Reads the SQL that the product sends, as far as it goes, into functions over rows in memory. What it does not know
 * it refuses: a statement that was understood by half would prove nothing.
 */
export type Value = unknown
export type Row = Record<string, Value>

/** What an expression is evaluated in: the statement's parameters, the time, and one row of each table. */
export type Scope = {
  parameters: readonly Value[]
  now: number
  rows: Record<string, Row>
  table: (name: string) => readonly Row[]
  newId: () => string
}
export type Expression = (scope: Scope) => Value

export type Select = {
  kind: 'select'
  distinct: boolean
  columns: { name: string; value: Expression }[]
  from: { name: string; select: Select | null }
  joins: { name: string; on: Expression }[]
  where: Expression | null
  order: { by: Expression; descending: boolean }[]
  limit: Expression | null
}
type Assignment = { column: string; value: Expression }
export type Insert = {
  kind: 'insert'
  into: string
  columns: string[]
  /** Null stands for the column's default. */
  values: (Expression | null)[][] | Select
  onConflict: 'nothing' | Assignment[] | null
  returning: Select['columns']
}
export type Update = {
  kind: 'update'
  table: string
  set: Assignment[]
  where: Expression | null
  returning: Select['columns']
}
export type Statement = Select | Insert | Update

const TOKEN =
  /\s*(?:"([^"]+)"|'((?:[^']|'')*)'|\$(\d+)|(\d+(?:\.\d+)?)|([a-z_][a-z_0-9]*)|(->>|::|\|\||<=|>=|<>|[-+*=<>(),.]))/iy

type Token = { kind: 'name' | 'text' | 'parameter' | 'number' | 'word' | 'sign'; text: string }
const KINDS = ['name', 'text', 'parameter', 'number', 'word', 'sign'] as const

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = []
  const text = sql.trim()
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)
    if (!found) throw new Error(`Not read at "${text.slice(at, at + 30)}": ${sql}`)
    const kind = found.slice(1).findIndex((each) => each !== undefined)
    const said = found[kind + 1] ?? ''
    tokens.push({ kind: KINDS[kind] ?? 'sign', text: KINDS[kind] === 'word' ? said.toLowerCase() : said })
  }
  return tokens
}

/** @throws Error on whatever the product does not say today. */
export function readSql(sql: string): Statement {
  const tokens = tokensOf(sql)
  let at = 0
  /** Where a column stands that names no table. */
  let home = ''

  const is = (text: string, ahead = 0) => {
    const token = tokens[at + ahead]
    return token !== undefined && token.text === text && (token.kind === 'word' || token.kind === 'sign')
  }
  const take = (text: string) => {
    if (!is(text)) return false
    at += 1
    return true
  }
  const need = (...texts: string[]) => {
    for (const text of texts) if (!take(text)) refuse(`"${text}"`)
  }
  const refuse = (wanted: string): never => {
    throw new Error(`Expected ${wanted} at "${tokens[at]?.text}": ${sql}`)
  }
  const identifier = (): string => {
    const token = tokens[at]
    if (token?.kind !== 'name' && token?.kind !== 'word') return refuse('a name')
    at += 1
    return token.text
  }
  function list<T>(one: () => T): T[] {
    const all = [one()]
    while (take(',')) all.push(one())
    return all
  }

  function or(): Expression {
    const all = [and()]
    while (take('or')) all.push(and())
    return all.length === 1 && all[0] ? all[0] : (scope) => all.some((each) => each(scope) === true)
  }

  function and(): Expression {
    const all = [not()]
    while (take('and')) all.push(not())
    return all.length === 1 && all[0] ? all[0] : (scope) => all.every((each) => each(scope) === true)
  }

  function not(): Expression {
    if (!take('not')) return comparison()
    const denied = not()
    return (scope) => !denied(scope)
  }

  function comparison(): Expression {
    const left = sum()
    for (const sign of ['=', '<>', '<=', '>=', '<', '>'] as const) {
      if (take(sign)) return compared(sign, left, sum())
    }
    if (take('in')) {
      need('(')
      const among = list(sum)
      need(')')
      return (scope) => {
        const value = left(scope)
        return among.some((each) => each(scope) === value)
      }
    }
    if (take('is')) {
      const negated = take('not')
      need('null')
      return (scope) => (left(scope) === null) !== negated
    }
    return left
  }

  function sum(): Expression {
    let left = product()
    for (;;) {
      const before = left
      if (take('+')) left = arithmetic(before, product(), (a, b) => a + b)
      else if (take('-')) left = arithmetic(before, product(), (a, b) => a - b)
      else if (take('||')) {
        const right = product()
        left = (scope) => `${before(scope)}${right(scope)}`
      } else return left
    }
  }

  function product(): Expression {
    let left = cast()
    while (take('*')) left = arithmetic(left, cast(), (a, b) => a * b)
    return left
  }

  function cast(): Expression {
    let value = primary()
    for (;;) {
      const before = value
      if (take('::')) {
        if (/^jsonb?$/.test(identifier())) value = (scope) => asJson(before(scope))
      } else if (take('->>')) {
        const member = primary()
        value = (scope) => (before(scope) as Row | null)?.[String(member(scope))] ?? null
      } else return value
    }
  }

  function primary(): Expression {
    if (take('(')) {
      const inner = or()
      need(')')
      return inner
    }
    if (take('null')) return () => null
    if (take('exists')) {
      need('(')
      const outside = home
      const select = readSelect()
      home = outside
      need(')')
      return (scope) => runSelect(select, scope).length > 0
    }
    if (take('interval')) {
      const [, count, unit] = /^(\d+) (milliseconds?)$/.exec(tokens[at]?.text ?? '') ?? refuse('milliseconds')
      at += 1
      return unit ? () => Number(count) : refuse('a unit')
    }
    const token = tokens[at]
    if (!token) return refuse('a value')
    at += 1
    if (token.kind === 'text') return () => token.text
    if (token.kind === 'number') return () => Number(token.text)
    if (token.kind === 'parameter') return parameter(Number(token.text) - 1)
    if (token.kind === 'word' && is('(')) return call(token.text)
    if (token.kind === 'sign') return refuse('a value')
    const [table, column] = take('.') ? [token.text, identifier()] : [home, token.text]
    return (scope) => {
      const value = scope.rows[table]?.[column]
      if (value === undefined) throw new Error(`There is no column ${table}.${column}: ${sql}`)
      return value
    }
  }

  function call(name: string): Expression {
    need('(')
    if (name === 'extract') {
      need('epoch', 'from')
      const span = sum()
      need(')')
      return (scope) => {
        const ms = span(scope)
        return ms === null ? null : Number(ms) / 1_000
      }
    }
    const given = is(')') ? [] : list(sum)
    need(')')
    // Statements of a test run one after the other, each in an instant: the time it began is the time it is.
    if (name === 'clock_timestamp') return (scope) => scope.now
    if (name === 'gen_random_uuid') return (scope) => scope.newId()
    if (name === 'coalesce') return (scope) => firstOf(given, scope)
    if (name === 'greatest') return (scope) => greatestOf(given, scope)
    return refuse('a function it knows')
  }

  function columns(): Select['columns'] {
    return list(() => {
      const start = at
      const value = or()
      const isColumn = at - start === 1 || (at - start === 3 && tokens[start + 1]?.text === '.')
      return { name: (isColumn && tokens[at - 1]?.text) || '?', value }
    })
  }

  function readSelect(): Select {
    need('select')
    const distinct = take('distinct')
    const start = at
    // The columns belong to a table that is named only after them.
    home = tableAfter(start)
    const selected = columns()
    need('from')
    const nested = take('(') ? readSelect() : null
    if (nested) need(')', 'as')
    const from = { name: identifier(), select: nested }
    home = from.name
    const joins: Select['joins'] = []
    while (take('inner')) {
      need('join')
      const name = identifier()
      need('on')
      joins.push({ name, on: or() })
    }
    const where = take('where') ? or() : null
    const order: Select['order'] = []
    if (take('order')) {
      need('by')
      order.push(
        ...list(() => {
          const by = sum()
          const descending = take('desc')
          if (!descending) take('asc')
          return { by, descending }
        }),
      )
    }
    const limit = take('limit') ? sum() : null
    if (take('for')) need('update')
    return { kind: 'select', distinct, columns: selected, from, joins, where, order, limit }
  }

  function tableAfter(start: number): string {
    let depth = 0
    for (let ahead = start; ahead < tokens.length; ahead += 1) {
      const { kind, text } = tokens[ahead] ?? { kind: 'sign', text: '' }
      if (kind === 'sign' && text === '(') depth += 1
      if (kind === 'sign' && text === ')') depth -= 1
      if (depth > 0 || kind !== 'word' || text !== 'from') continue
      const next = tokens[ahead + 1]
      if (next?.text !== '(') return next?.text ?? ''
      return tokens.slice(ahead).find((_, each) => tokens[ahead + each - 1]?.text === 'as')?.text ?? ''
    }
    return ''
  }

  const assignments = (): Assignment[] =>
    list(() => {
      const column = identifier()
      need('=')
      return { column, value: or() }
    })

  function readInsert(): Insert {
    need('insert', 'into')
    const into = identifier()
    need('(')
    const names = list(identifier)
    need(')')
    let values: Insert['values']
    if (take('values')) {
      values = list(() => {
        need('(')
        const row = list(() => (take('default') ? null : sum()))
        need(')')
        return row
      })
    } else values = readSelect()
    home = into
    let onConflict: Insert['onConflict'] = null
    if (take('on')) {
      need('conflict')
      if (take('(')) {
        list(identifier)
        need(')')
      }
      need('do')
      if (take('nothing')) onConflict = 'nothing'
      else {
        need('update', 'set')
        onConflict = assignments()
      }
    }
    const returning = take('returning') ? columns() : []
    return { kind: 'insert', into, columns: names, values, onConflict, returning }
  }

  function readUpdate(): Update {
    need('update')
    const table = identifier()
    home = table
    need('set')
    const set = assignments()
    const where = take('where') ? or() : null
    const returning = take('returning') ? columns() : []
    return { kind: 'update', table, set, where, returning }
  }

  const statement = is('select') ? readSelect() : is('insert') ? readInsert() : readUpdate()
  if (at < tokens.length) refuse('the end')
  return statement
}

const parameter =
  (index: number): Expression =>
  ({ parameters }) =>
    parameters[index] ?? null

const asJson = (value: Value): Value => (typeof value === 'string' ? JSON.parse(value) : value)

function firstOf(given: readonly Expression[], scope: Scope): Value {
  for (const each of given) {
    const value = each(scope)
    if (value !== null) return value
  }
  return null
}

/** Of times or numbers; what is null does not count. */
function greatestOf(given: readonly Expression[], scope: Scope): Value {
  const known = given.map((each) => each(scope)).filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known.map(Number))
}

function arithmetic(left: Expression, right: Expression, work: (a: number, b: number) => number): Expression {
  return (scope) => {
    const a = left(scope)
    const b = right(scope)
    return a === null || b === null ? null : work(Number(a), Number(b))
  }
}

/** Unknown where one side is: a null is never equal, never earlier and never later. */
function compared(
  sign: '=' | '<>' | '<=' | '>=' | '<' | '>',
  left: Expression,
  right: Expression,
): Expression {
  return (scope) => {
    const a = left(scope)
    const b = right(scope)
    if (a === null || b === null) return null
    if (typeof a !== typeof b) throw new Error(`${String(a)} ${sign} ${String(b)} compares two types`)
    switch (sign) {
      case '=':
        return a === b
      case '<>':
        return a !== b
      case '<=':
        return (a as number) <= (b as number)
      case '>=':
        return (a as number) >= (b as number)
      case '<':
        return (a as number) < (b as number)
      case '>':
        return (a as number) > (b as number)
    }
  }
}

/** The rows of a select, as columns by name. */
export function runSelect(select: Select, scope: Scope): Row[] {
  const { from, joins, where, columns } = select
  const rows = from.select ? runSelect(from.select, scope) : scope.table(from.name)
  let found: Record<string, Row>[] = rows.map((row) => ({ [from.name]: row }))
  for (const { name, on } of joins) {
    found = found.flatMap((left) =>
      scope
        .table(name)
        .map((row) => ({ ...left, [name]: row }))
        .filter((both) => on({ ...scope, rows: both }) === true),
    )
  }
  const scopes = found.map((each): Scope => ({ ...scope, rows: each }))
  const kept = where ? scopes.filter((each) => where(each) === true) : scopes
  for (const { by, descending } of select.order.toReversed()) {
    kept.sort((a, b) => (descending ? -1 : 1) * inOrder(by(a), by(b)))
  }
  const limited = select.limit ? kept.slice(0, Number(select.limit(scope))) : kept
  const shown = limited.map((each) => namedColumns(columns, each))
  if (!select.distinct) return shown
  return [...new Map(shown.map((row) => [JSON.stringify(row), row])).values()]
}

/** Columns of the same name, as a join has them, are kept apart by their place. */
export function namedColumns(columns: Select['columns'], scope: Scope): Row {
  const row: Row = {}
  for (const [index, { name, value }] of columns.entries()) {
    row[name in row ? `${name}:${index}` : name] = value(scope)
  }
  return row
}

function inOrder(a: Value, b: Value): number {
  if (a === b) return 0
  return (a as number) < (b as number) ? -1 : 1
}
