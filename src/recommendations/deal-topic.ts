import { line } from './text.ts'

/**
 * What a deal is about, for a customer to read. A deal's name is written for colleagues: often the customer's
 * own name and a code, sometimes words of the trade that no customer should find in a letter.
 */

const TOPIC_LENGTH = 60
const SEPARATORS = '[\\s\\-–—:|/,;.#_()\\[\\]]'
const EDGES = new RegExp(`^${SEPARATORS}+|${SEPARATORS}+$`, 'gu')
/** At the end, where it tells a customer nothing: `2509`, `2509a`, `OPP-1234`, `Q3`, `FY27`, `v2`. */
const TRAILING_CODE = new RegExp(
  `(?:^|${SEPARATORS})(?:[A-Z]{0,4}[#-]?\\d{3,}\\w*|Q[1-4]|H[12]|FY\\d{2,4}|v\\d+)$`,
  'iu',
)
const HEADING = /^(.+?)(?:\s[-–—]\s|:\s)(.+)$/u
const TRADE =
  /\b(up-?sell|cross-?sell|new business|opportunity|opp|deal|lead|inbound|outbound|win-?back|must-?win|at risk|churn|displacement|discount|forecast|commit|pipeline|smb|mid-?market|enterprise tier|prospect|tbd|test|do not|internal)\b/i

/** `integration with the ERP` of "Acme – integration with the ERP 2509"; null when nothing readable remains. */
export function dealTopic(dealName: string, accountName: string): string | null {
  const whole = line(dealName, 255)
  const account = line(accountName, 255)
  let topic = account ? withoutName(whole, account) : whole
  topic = topic.replace(EDGES, '')
  while (TRAILING_CODE.test(topic)) topic = topic.replace(TRAILING_CODE, '').replace(EDGES, '')
  const isReadable = /\p{L}{3}/u.test(topic) && topic.length <= TOPIC_LENGTH && !TRADE.test(topic)
  return isReadable && !/[<>{}@\\"`]|https?:/.test(topic) ? topic : null
}

/** `the integration with the ERP`: as it stands within a sentence. */
export function withArticle(topic: string): string {
  return /^(the|a|an|our|your)\s/i.test(topic) ? topic : `the ${topic}`
}

/** Without the name wherever it stands, or without a part of it that stands before a dash: "Acme – …". */
function withoutName(text: string, name: string): string {
  const literal = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const without = text.replace(new RegExp(literal, 'giu'), ' ')
  const [, head, rest] = HEADING.exec(without) ?? []
  const isPartOfName = head !== undefined && name.toLowerCase().startsWith(head.trim().toLowerCase())
  return isPartOfName && rest !== undefined ? rest : without
}
