/**
 * Signs nobody sees, which can carry orders to a model or hide from an approver what a text says. What writing needs
 * stays: joiners and variation selectors within an emoji, the non-joiner between Arabic or Indic letters, the signs that
 * make up a flag of a region.
 */
export function visible(text: string): { text: string; removed: number } {
  if (!HIDDEN.test(text)) return { text, removed: 0 }
  let removed = 0
  const cleaned = text.replace(EMOJI_OR_HIDDEN, (found, joined: string | undefined) => {
    if (joined !== undefined) return found
    removed += [...found].length
    return ''
  })
  return { text: cleaned, removed }
}

const SIGNS = [
  '\\u00ad', // soft hyphen
  '\\u034f', // grapheme joiner
  '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069', // directions
  '\\u115f\\u1160\\u3164\\uffa0', // fillers that look like nothing
  '\\u17b4\\u17b5',
  '\\u180b-\\u180f',
  '\\u200b-\\u200d\\u2060-\\u2065\\u206a-\\u206f\\ufeff', // no width
  '\\ufe00-\\ufe0f', // variation selectors
  '\\ufff9-\\ufffb', // annotations
  '\\u{1d173}-\\u{1d17a}',
  '\\u{e0000}-\\u{e0fff}', // tags, and the other variation selectors
].join('')

const HIDDEN = new RegExp(`[${SIGNS}]`, 'u')
// A picture, its looks and what it is joined with; a flag of a region is a black flag, up to six tags and their end.
const PICTURE = String.raw`\p{Extended_Pictographic}(?:\ufe0f|\ufe0e|\p{Emoji_Modifier})?`
const FLAG = String.raw`\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{2,6}\u{e007f}`
const KEYCAP = String.raw`[0-9#*]\ufe0f\u20e3`
const NON_JOINER = String.raw`(?<=[\p{sc=Arab}\p{sc=Deva}\p{sc=Beng}\p{sc=Mlym}\p{sc=Knda}\p{sc=Telu}\p{sc=Sinh}]\p{M}*)[\u200c\u200d](?=[\p{sc=Arab}\p{sc=Deva}\p{sc=Beng}\p{sc=Mlym}\p{sc=Knda}\p{sc=Telu}\p{sc=Sinh}])`
const EMOJI_OR_HIDDEN = new RegExp(
  `(${FLAG}|${PICTURE}(?:\\u200d${PICTURE})*|${KEYCAP}|${NON_JOINER})|[${SIGNS}]+`,
  'gu',
)
