import { visible } from '../../recommendations/text.ts'

/**
 * The sentences that the writer of a text wrote: without what is quoted from an earlier mail and without signatures.
 * When in doubt something is left out: a promise missed costs less than a stranger's taken for one.
 */

const MOST_SENTENCES = 2000
const MOST_CHARACTERS = 200_000
const WRAPPED_LENGTH = 60

export function sentencesOf(text: string): string[] {
  const found: string[] = []
  for (const block of blocksOf(ownLines(text.slice(0, MOST_CHARACTERS)))) {
    for (const sentence of splitSentences(block)) {
      if (sentence.length > 1) found.push(sentence)
      if (found.length >= MOST_SENTENCES) return found
    }
  }
  return found
}

// Each is tried on one line, cut to this length, and has no group that repeats around another repetition.
const LINE_LENGTH = 20_000
const QUOTE = /^\s{0,3}[>|]/
const SIGNATURE = /^(?:--|__|—)\s*$/
const EARLIER_MAIL =
  /^(?:-{2,}\s?(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|message transféré)|(?:on|am|le)\s.{5,200}\s(?:wrote|schrieb.{0,60}|a écrit)\s?:\s*$|_{10,})/i
/** The first line of a quoted head; it needs a second one to be sure. */
const HEAD = /^(?:from|von|de|to|an|à|sent|gesendet|envoyé|date|datum|subject|betreff|objet)\s?:\s/i
const FAREWELL =
  /^(?:(?:with )?(?:best|kind|warm|many)(?: regards| wishes| thanks)?|regards|sincerely|yours(?: sincerely| truly)?|cheers|thanks|thank you|many thanks|thanks in advance|mit (?:freundlichen|besten|lieben) grüßen|mit (?:freundlichen|besten) gruessen|(?:viele|beste|liebe|freundliche|schöne) grüße|mfg|vg|lg|danke|vielen dank|(?:bien )?cordialement|bien à vous|bien à toi|(?:meilleures|sincères) salutations|salutations|merci|merci d'avance|à bientôt)[\s,.!]*(?:[\p{L}.-]{1,20}\s?){0,3}$/iu

function ownLines(text: string): string[] {
  const lines = visible(text.replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n'))
    .split('\n')
    .map((line) => line.slice(0, LINE_LENGTH))
  const own: string[] = []
  let hasBegun = false
  for (const [index, line] of lines.entries()) {
    const trimmed = line.trim()
    if (trimmed === '') {
      own.push('')
      continue
    }
    if (SIGNATURE.test(trimmed) || EARLIER_MAIL.test(trimmed)) break
    if (HEAD.test(trimmed) && HEAD.test(lines[index + 1]?.trim() ?? '') && index > 0) break
    // A wrapped "On Friday Robin Vale ⏎ wrote:" too.
    if (
      /^(?:on|am|le)\s/i.test(trimmed) &&
      /(?:wrote|schrieb|a écrit)\s?:$/i.test(lines[index + 1]?.trim() ?? '')
    )
      break
    // "Thanks" on the first line opens a mail instead of closing it.
    if (hasBegun && trimmed.length <= 60 && FAREWELL.test(trimmed)) break
    hasBegun = true
    own.push(QUOTE.test(line) ? '' : trimmed)
  }
  return own
}

const BULLET = /^(?:[-*•–+]|\d{1,2}[.)](?=\s)|\[[ x]\])\s*/i

/** Lines that belong together: a mail is often wrapped at a fixed width, a list is not. */
function blocksOf(lines: readonly string[]): string[] {
  const blocks: string[] = []
  let last: string | null = null
  for (const line of lines) {
    const isNew = line === '' || last === null || BULLET.test(line) || !continues(last, line)
    const bare = line.replace(BULLET, '')
    if (isNew) blocks.push(bare)
    else blocks[blocks.length - 1] += ` ${bare}`
    last = line === '' ? null : line
  }
  return blocks.filter((block) => block !== '')
}

function continues(line: string, next: string): boolean {
  if (/[.!?:;]$/.test(line)) return false
  return line.length >= WRAPPED_LENGTH || /^\p{Ll}/u.test(next)
}

// Begins only where a run of stops does: otherwise a line of dots is tried from each of them.
const ENDING = /(?<![.!?…])[.!?…]+["'”“»)\]]{0,3}\s+/g
/** What stands before a full stop that ends nothing. */
const ABBREVIATED =
  /(?:^|[\s(])(?:\p{L}|mr|mrs|ms|dr|prof|st|no|nr|ca|bzw|inkl|ggf|evtl|usw|vs|approx|incl|e\.g|i\.e|z\.b|d\.h|u\.a|p\.ex|mme|env|tel|abs)$/iu
const ORDINAL = /(?:^|\s)\d{1,2}$/
const MONTH_OR_QUARTER =
  /^(?:jan|feb|fév|fev|mär|mar|apr|avr|mai|may|jun|juin|jul|juil|aug|aoû|sep|okt|oct|nov|dez|dec|déc|quartal)/i

function splitSentences(block: string): string[] {
  const sentences: string[] = []
  let start = 0
  for (const match of block.matchAll(ENDING)) {
    const before = block.slice(Math.max(start, match.index - 12), match.index)
    const after = block.slice(match.index + match[0].length, match.index + match[0].length + 8)
    const isStop = match[0].startsWith('.')
    // "bis 5. Mai", "Dr. Vale".
    if (isStop && (ABBREVIATED.test(before) || (ORDINAL.test(before) && MONTH_OR_QUARTER.test(after))))
      continue
    sentences.push(block.slice(start, match.index + match[0].length).trim())
    start = match.index + match[0].length
  }
  return [...sentences, block.slice(start).trim()]
}
