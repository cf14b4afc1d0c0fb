import type { ZohoRecord } from '../data/crm-data.ts'
import { ApiError } from './api-error.ts'

/** A list's page: by `page` for the first 2000 records, by `page_token` for up to 100,000. */
export type Paging = {
  offset: number
  perPage: number
  page: number
  sortBy: 'id' | 'Created_Time' | 'Modified_Time'
  descending: boolean
}

const PER_PAGE = 200
const PAGE_WALL = 2000
const TOKEN_WALL = 100_000
const TOKEN_MS = 24 * 3_600_000

type Token = { list: string; offset: number; page: number; issued: number }

/** @param list tells one list from another: a token of one cannot be used on the other. */
export function readPaging(query: Record<string, unknown>, list: string, now: Date): Paging {
  const perPage = query.per_page === undefined ? PER_PAGE : positive(query.per_page, 'per_page')
  if (perPage > PER_PAGE)
    throw new ApiError(400, 'LIMIT_EXCEEDED', 'per_page is at most 200', { limit: PER_PAGE })
  const sortBy = query.sort_by ?? 'id'
  if (sortBy !== 'id' && sortBy !== 'Created_Time' && sortBy !== 'Modified_Time') {
    throw new ApiError(400, 'INVALID_DATA', 'cannot sort by this field', { param_name: 'sort_by' })
  }
  const descending = query.sort_order !== 'asc'

  if (query.page_token !== undefined) {
    if (query.page !== undefined) {
      throw new ApiError(400, 'AMBIGUITY_DURING_PROCESSING', 'page and page_token exclude each other')
    }
    const token = readToken(query.page_token)
    if (now.getTime() - token.issued > TOKEN_MS)
      throw new ApiError(400, 'EXPIRED_VALUE', 'page_token has expired')
    if (token.list !== bound(list, perPage, sortBy, descending)) {
      throw new ApiError(400, 'TOKEN_BOUND_DATA_MISMATCH', 'page_token belongs to another request')
    }
    if (token.offset + perPage > TOKEN_WALL) {
      throw new ApiError(400, 'PAGINATION_LIMIT_EXCEEDED', 'no more than 100000 records', {
        limit: TOKEN_WALL,
      })
    }
    return { offset: token.offset, perPage, page: token.page, sortBy, descending }
  }

  const page = query.page === undefined ? 1 : positive(query.page, 'page')
  if (page * perPage > PAGE_WALL) {
    throw new ApiError(400, 'DISCRETE_PAGINATION_LIMIT_EXCEEDED', 'use page_token beyond 2000 records', {
      limit: PAGE_WALL,
    })
  }
  return { offset: (page - 1) * perPage, perPage, page, sortBy, descending }
}

/** The page and the `info` that goes with it. Sorts by the field asked for, then by id. */
export function pageOf(records: ZohoRecord[], paging: Paging, { list, now }: { list: string; now: Date }) {
  const { offset, perPage, page, sortBy, descending } = paging
  const sorted = sortBy === 'id' ? byId(records) : byTime(records, sortBy)
  if (descending) sorted.reverse()
  const shown = sorted.slice(offset, offset + perPage)
  const more = sorted.length > offset + perPage
  const token = (at: number, to: number) =>
    writeToken({
      list: bound(list, perPage, sortBy, descending),
      offset: at,
      page: to,
      issued: now.getTime(),
    })
  const info = {
    per_page: perPage,
    count: shown.length,
    page,
    sort_by: sortBy,
    sort_order: descending ? 'desc' : 'asc',
    more_records: more,
    next_page_token: more ? token(offset + perPage, page + 1) : null,
    previous_page_token: offset > 0 ? token(Math.max(0, offset - perPage), page - 1) : null,
    page_token_expiry: more || offset > 0 ? new Date(now.getTime() + TOKEN_MS).toISOString() : null,
  }
  return { shown, info }
}

function byId(records: ZohoRecord[]): ZohoRecord[] {
  return [...records].sort((a, b) => (a.id < b.id ? -1 : 1))
}

function byTime(records: ZohoRecord[], field: 'Created_Time' | 'Modified_Time'): ZohoRecord[] {
  return byId(records)
    .map((record) => ({ record, at: Date.parse(String(record[field])) }))
    .sort((a, b) => a.at - b.at)
    .map((each) => each.record)
}

function bound(list: string, perPage: number, sortBy: string, descending: boolean): string {
  return [list, perPage, sortBy, descending ? 'desc' : 'asc'].join('|')
}

function writeToken(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

function readToken(raw: unknown): Token {
  try {
    const token: Token = JSON.parse(Buffer.from(String(raw), 'base64url').toString())
    if (Number.isSafeInteger(token.offset) && typeof token.list === 'string') return token
  } catch {
    // Not one of ours; said below.
  }
  throw new ApiError(400, 'INVALID_DATA', 'page_token is not valid', { param_name: 'page_token' })
}

function positive(raw: unknown, name: string): number {
  const value = Number(raw)
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ApiError(400, 'INVALID_DATA', 'a positive number is expected', { param_name: name })
  }
  return value
}
