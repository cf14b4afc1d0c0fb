import { ApiError } from './api-error.ts'

/**
 * COQL, the part of Zoho's query language that reads records of one module: no joins by alias, aggregates or
 * sub-queries. As in Zoho, `where` is needed, more than two criteria are grouped in pairs, and a quote inside a
 * quoted value is doubled.
 * @see https://help.zoho.com/portal/en/community/topic/kaizen-171-faqs-on-coql-api
 */
export type Query = {
  select: string[]
  module: string
  where: Criterion
  orderBy: { column: string; descending: boolean }[]
  limit: number
  offset: number
}

export type Literal = string | number | boolean
export type Comparison = '=' | '!=' | '>' | '>=' | '<' | '<='
export type Criterion =
  | { is: 'and'; left: Criterion; right: Criterion }
  | { is: 'or'; left: Criterion; right: Criterion }
  | { is: 'compare'; column: string; operator: Comparison; value: Literal }
  | { is: 'like'; column: string; not: boolean; pattern: string }
  | { is: 'in'; column: string; not: boolean; values: Literal[] }
  | { is: 'between'; column: string; not: boolean; low: Literal; high: Literal }
  | { is: 'null'; column: string; not: boolean }

type Token = { kind: 'word' | 'quoted' | 'number' | 'sign' | 'end'; text: string; at: number }

const DEFAULT_LIMIT = 200
const MAX = { select: 50, limit: 2000, offset: 100_000, criteria: 25, orderBy: 10, in: 50 }

const TOKEN =
  /\s*(?:(?<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?<number>-?\d+(?:\.\d+)?(?![\w:+-]))|(?<word>[A-Za-z_$][\w$.]*(?:->[\w$.]+)?|\d[\w.:+-]*)|(?<sign><=|>=|!=|[=<>(),]))/y

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  let at = 0
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at
    const groups = TOKEN.exec(text)?.groups
    if (!groups) throw syntaxError(text, at)
    const kind = (['quoted', 'number', 'word', 'sign'] as const).find((each) => groups[each] !== undefined)
    const raw = kind === undefined ? undefined : groups[kind]
    if (kind === undefined || raw === undefined) throw syntaxError(text, at)
    tokens.push({ kind, text: kind === 'quoted' ? unquote(raw) : raw, at })
    at = TOKEN.lastIndex
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

function unquote(raw: string): string {
  const quote = raw.charAt(0)
  return raw.slice(1, -1).replaceAll(quote + quote, quote)
}

function syntaxError(text: string, at: number): ApiError {
  const before = text.slice(0, at).split('\n')
  return new ApiError(400, 'SYNTAX_ERROR', 'error occured while parsing the query', {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    near: text.slice(at, at + 30).trim(),
  })
}

/** @throws ApiError SYNTAX_ERROR or LIMIT_EXCEEDED, as Zoho answers. */
export function parseCoql(text: string): Query {
  const tokens = tokenize(text)
  let position = 0
  let criteria = 0

  const peek = () => tokens[position] ?? { kind: 'end' as const, text: '', at: text.length }
  const next = () => {
    const token = peek()
    position += 1
    return token
  }
  const fail = (token: Token = peek()) => syntaxError(text, token.at)
  const is = (token: Token, word: string) =>
    (token.kind === 'word' || token.kind === 'sign') && token.text.toLowerCase() === word
  const accept = (word: string) => {
    if (!is(peek(), word)) return false
    position += 1
    return true
  }
  const expect = (word: string) => {
    if (!accept(word)) throw fail()
  }

  function column(): string {
    const token = next()
    if (token.kind !== 'word' && token.kind !== 'quoted') throw fail(token)
    return token.text
  }

  function list<Item>(item: () => Item, most: number): Item[] {
    const items = [item()]
    while (accept(',')) items.push(item())
    if (items.length > most) throw tooMany(most)
    return items
  }

  // Zoho takes `a and b`, but wants brackets around every pair beyond: `(a and b) and c`.
  function pair(): Criterion {
    const left = criterion()
    const joint = accept('and') ? 'and' : accept('or') ? 'or' : null
    if (!joint) return left
    return { is: joint, left, right: criterion() }
  }

  function criterion(): Criterion {
    if (accept('(')) {
      const inner = pair()
      expect(')')
      return inner
    }
    criteria += 1
    if (criteria > MAX.criteria) throw tooMany(MAX.criteria)
    const name = column()
    if (accept('is')) {
      const not = accept('not')
      expect('null')
      return { is: 'null', column: name, not }
    }
    const not = accept('not')
    if (accept('like')) return { is: 'like', column: name, not, pattern: String(literal()) }
    if (accept('in')) {
      expect('(')
      const values = list(literal, MAX.in)
      expect(')')
      return { is: 'in', column: name, not, values }
    }
    if (accept('between')) {
      const low = literal()
      expect('and')
      return { is: 'between', column: name, not, low, high: literal() }
    }
    if (not) throw fail()
    const sign = next()
    if (!isComparison(sign.text)) throw fail(sign)
    return { is: 'compare', column: name, operator: sign.text, value: literal() }
  }

  function literal(): Literal {
    const token = next()
    if (token.kind === 'number') return safeNumber(token.text)
    if (token.kind === 'quoted') return token.text
    if (is(token, 'true')) return true
    if (is(token, 'false')) return false
    // Dates and instants may stand without quotes.
    if (token.kind === 'word' && /^\d/.test(token.text)) return token.text
    throw fail(token)
  }

  function count(most: number): number {
    const token = next()
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw fail(token)
    const value = Number(token.text)
    if (value > most) throw tooMany(most)
    return value
  }

  function paging(): { limit: number; offset: number } {
    let limit = DEFAULT_LIMIT
    let offset = 0
    if (accept('limit')) {
      const first = count(MAX.offset)
      if (accept(',')) {
        offset = first
        limit = count(MAX.limit)
      } else limit = first
    }
    if (accept('offset')) offset = count(MAX.offset)
    if (limit > MAX.limit) throw tooMany(MAX.limit)
    return { limit, offset }
  }

  function order() {
    const name = column()
    const descending = accept('desc')
    if (!descending) accept('asc')
    return { column: name, descending }
  }

  expect('select')
  const select = list(column, MAX.select)
  expect('from')
  const module = column()
  if (!accept('where')) throw new ApiError(400, 'SYNTAX_ERROR', 'missing clause', { clause: 'where' })
  const where = pair()
  let orderBy: Query['orderBy'] = []
  if (accept('order')) {
    expect('by')
    orderBy = list(order, MAX.orderBy)
  }
  const page = paging()
  if (peek().kind !== 'end') throw fail()
  return { select, module, where, orderBy, ...page }
}

function isComparison(text: string): text is Comparison {
  return ['=', '!=', '>', '>=', '<', '<='].includes(text)
}

// A record id written without quotes has more digits than a number can hold.
function safeNumber(text: string): Literal {
  const value = Number(text)
  return Number.isSafeInteger(value) || text.includes('.') ? value : text
}

function tooMany(limit: number): ApiError {
  return new ApiError(400, 'LIMIT_EXCEEDED', 'the given limit is exceeded', { limit })
}
