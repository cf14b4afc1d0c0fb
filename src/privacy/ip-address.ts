import { isIPv6 } from 'node:net'
import { type Span, spansOf } from './finding.ts'

const V4 =
  /(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![\w-]|\.\d)/g
const V6 = /(?<![\w:.])[0-9a-f]{0,4}:[0-9a-f:.]{1,43}(?:%\w{1,16})?(?![\w:])/gi
/** A version has four parts like an address, and says so, or has small parts only. */
const VERSION =
  /(?:\bv|\b(?:versions?|ver|release|build|firmware|upgrad\w*|updat\w*|patch\w*|driver|sdk|agent|section|chapter|clause|from \d+(?:\.\d+){1,3} to)\b[^\n.;]{0,24})$/i
const ADDRESS =
  /\b(?:ip|ips|ipv4|host\w*|server\w*|address\w*|addr|log(?:in|ged)?|gateway|dns|subnet|vpn|firewall|proxy|from|ping|peer)\b[^\n.;]{0,24}$/i
const SMALL = 32
const CONTEXT = 40

export function ipAddresses(text: string): Span[] {
  const v4 = spansOf(text, V4).filter((span) => !isVersion(text, span))
  const v6 = spansOf(text, V6).flatMap(({ start, end }) => {
    // A full stop or colon of the sentence is no part of it.
    const found = text.slice(start, end).replace(/[.:](?<!::)$/, '')
    return isIPv6(found) && /\d/.test(found) ? [{ start, end: start + found.length }] : []
  })
  return [...v4, ...v6].toSorted((a, b) => a.start - b.start).filter(isApart)
}

function isVersion(text: string, { start, end }: Span): boolean {
  const before = text.slice(Math.max(0, start - CONTEXT), start)
  if (VERSION.test(before)) return true
  const parts = text.slice(start, end).split('.').map(Number)
  return parts.every((part) => part < SMALL) && !ADDRESS.test(before)
}

function isApart({ start }: Span, index: number, all: readonly Span[]): boolean {
  return start >= (all[index - 1]?.end ?? 0)
}
