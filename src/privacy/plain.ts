/**
 * The same text in plain ASCII signs where a sign has one, each for exactly one: full-width and Arabic digits,
 * hard spaces, the many hyphens. What is found in it stands at the same place in the original.
 */
export function plain(text: string): string {
  return UNUSUAL.test(text) ? text.replace(EACH_UNUSUAL, plainSign) : text
}

const SIGNS =
  '\\u00a0\\u0660-\\u0669\\u06f0-\\u06f9\\u0966-\\u096f\\u2000-\\u200a\\u2010-\\u2015\\u202f\\u2212\\u3000\\uff01-\\uff5e'
const UNUSUAL = new RegExp(`[${SIGNS}]`)
const EACH_UNUSUAL = new RegExp(`[${SIGNS}]`, 'g')
const ZEROS = [0x660, 0x6f0, 0x966]
const FULL_WIDTH = 0xff01

function plainSign(sign: string): string {
  const code = sign.charCodeAt(0)
  if (code >= FULL_WIDTH) return String.fromCharCode(code - FULL_WIDTH + 0x21)
  const zero = ZEROS.find((each) => code >= each && code <= each + 9)
  if (zero !== undefined) return String(code - zero)
  return (code >= 0x2010 && code <= 0x2015) || code === 0x2212 ? '-' : ' '
}
