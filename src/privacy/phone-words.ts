import type { Group } from './groups.ts'

/** Whether the words around a row of digits say what it is. */

const CONTEXT = 32
const PHONE =
  /(?:\b(?:tele?(?:phone|fon)?|phone|mobile?|mobil|cell|fax|calls?|called|calling|dial|whatsapp|desk|direct|ring|sms|text(?:ed)?|messages? (?:to|at)|handy|portable|t[ée]l(?:[ée]phone)?|anruf\w*|appel\w*|reach(?:ed)? (?:me|him|her|them|us)?|answer\w* (?:at|on)|office|line)\b|هاتف|جوال|☎|📞)[^\n\d]{0,20}$/iu
const LABEL = /\b(?:number|nummer|num[ée]ro)\s?(?:is|:|ist|est)?\s?$/i
const OTHER =
  /(?:\b(?:orders?|bestellung|invoices?|rechnung|facture|po|purchase order|tickets?|case|part|parts|refs?|reference|sku|serial|quotes?|contract|isbn|accounts?|acct|versions?|id|articles?|items?|tracking|policy|vat|tax|siret|licen[sc]e|batch|lot|room|zip|model|project|deal|record|sn|job|claim|shipment|customer|case|commande|auftrag)\b\s?(?:no\b\.?|number|num\b\.?|nr\b\.?|id\b|#|n°)?\s?(?:is|was)?\s?[:#]?|#|[$€£¥]|\b(?:EUR|USD|GBP|CHF|INR|AED|JPY|price|amount|budget|total|revenue|value|worth|between|from page|pages?))\s?$/i
const UNIT =
  /^\)?\s?(?:[€$£%°]|(?:EUR|USD|GBP|CHF|INR|AED|JPY|euros?|dollars?|users?|seats?|units?|licen[cs]es|employees|people|records|rows|items|pcs|km|kg|[kMGT]B|k|m|ms|hours?|days?|points|times|calls|e-?mails)\b)/i

export function saysPhone(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - CONTEXT), start)
  return (PHONE.test(before) || LABEL.test(before)) && !OTHER.test(before)
}

export function saysSomethingElse(text: string, { start, end }: { start: number; end: number }): boolean {
  return OTHER.test(text.slice(Math.max(0, start - CONTEXT), start)) || UNIT.test(text.slice(end, end + 12))
}

const DATE =
  /^\(?(?:(?:19|20)\d\d([-./ ])(?:0?[1-9]|1[0-2])\1\d{1,2}|\d{1,2}([-./ ])\d{1,2}\2(?:19|20)\d\d)(?!\d)/
const YEARS = /^(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d$/
const ISBN = /^97[89][- ]/
const IP = /^\d{1,3}(?:\.\d{1,3}){3}$/

/** A date, a span of years, an ISBN, a version: known by their form. */
export function isOther(written: string, groups: readonly Group[]): boolean {
  return (
    DATE.test(written) ||
    YEARS.test(written) ||
    ISBN.test(written) ||
    (IP.test(written) && groups.every(({ digits }) => Number(digits) < 256))
  )
}
