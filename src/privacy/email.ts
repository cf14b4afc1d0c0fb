import type { Span } from './finding.ts'

// Each side of an "@" is looked at for itself and no farther than an address can reach: one pattern over a long text
// takes quadratic time.
const LOCAL_LENGTH = 64
const DOMAIN_LENGTH = 255
const LOCAL_SIGN = /[\p{L}\p{N}\p{M}._%+'&-]/u
const DOMAIN = /[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?(?:\.[\p{L}\p{N}][\p{L}\p{N}\p{M}-]*)+/uy
/** Signs that stand before an address and are none of it: a quote, a dash of a list. */
const NOT_FIRST = /[.'&-]/
/** A file of a picture at twice its size is named like an address. */
const FILE = /\.(?:png|jpe?g|gif|svg|webp|css|js|ts)$/i

export function emails(text: string): Span[] {
  const found: Span[] = []
  let free = 0
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at, free)
    const end = start < at ? domainEnd(text, at + 1) : 0
    if (end === 0) continue
    found.push({ start, end })
    free = end
  }
  return found
}

function localStart(text: string, at: number, free: number): number {
  const earliest = Math.max(free, at - LOCAL_LENGTH)
  let from = at
  while (from > earliest && LOCAL_SIGN.test(text[from - 1] ?? '')) from--
  while (from < at && NOT_FIRST.test(text[from] ?? '')) from++
  return text[at - 1] === '.' ? at : from
}

/** 0 when there is none. */
function domainEnd(text: string, from: number): number {
  DOMAIN.lastIndex = 0
  const found = DOMAIN.exec(text.slice(from, from + DOMAIN_LENGTH))?.[0].replace(/[.-]+$/, '')
  if (!found) return 0
  // Letters at the end: a version or a price after an "@" ends in digits.
  const top = found.slice(found.lastIndexOf('.') + 1)
  if (!/^(?:\p{L}[\p{L}\p{M}]+|xn--[a-z0-9-]+)$/iu.test(top) || FILE.test(found)) return 0
  return from + found.length
}
