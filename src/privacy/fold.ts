/** A word in small letters without accents, apostrophes and signs nobody sees: how two spellings of a name agree. */
export function fold(word: string): string {
  if (PLAIN.test(word)) return word.toLowerCase()
  return word
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}\p{Cf}'’ʼ]/gu, '')
    .replace(/[ßøłđıæœðþ]/g, (letter) => LETTERS[letter] ?? letter)
}

const PLAIN = /^[A-Za-z0-9]+$/
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
  æ: 'ae',
  œ: 'oe',
  ð: 'd',
  þ: 'th',
}
