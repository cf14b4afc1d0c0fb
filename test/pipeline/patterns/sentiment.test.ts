import { describe, expect, test } from 'vitest'
import { sentimentOf } from '../../../src/pipeline/patterns/sentiment.ts'

const sign = (text: string) => {
  const score = sentimentOf(text)
  return score === null ? 'not measured' : score > 0.2 ? 'good' : score < -0.2 ? 'bad' : 'neutral'
}

describe('the tone of a text', () => {
  test.each([
    ['good', 'The team is happy with the rollout and the support was great.'],
    ['bad', 'We are not happy with the response times.'],
    ['bad', 'Support was friendly, but the product keeps crashing and that is unacceptable.'],
    ['good', 'The issue from last week was resolved quickly.'],
    ['bad', 'The issue is still not resolved.'],
    ['good', 'No problems so far, it is a great tool.'],
    ['neutral', 'We spoke about the agenda of the next meeting and who will be there.'],
    ['good', 'Wir sind mit der Lösung sehr zufrieden.'],
    ['bad', 'Das neue Modul funktioniert nicht.'],
    ['bad', 'Wir sind damit überhaupt nicht zufrieden.'],
    ['good', 'Kein Problem, alles läuft gut.'],
    ['good', 'Nous sommes très satisfaits de la nouvelle version.'],
    ['bad', 'Le produit ne fonctionne pas et nous sommes déçus.'],
    ['bad', 'Nous ne sommes pas satisfaits du service.'],
  ])('is %s: %s', (tone, text) => {
    expect(sign(text)).toBe(tone)
  })

  test.each([
    ['in a language without a lexicon', 'Estamos muy contentos con el servicio de la empresa.'],
    ['in a script without one', 'サービスにとても満足しています。'],
    ['of a title', 'Meeting: QBR'],
    ['of nothing', ' \n\t '],
    ['of an answer that is only a quote', 'On Monday Dana wrote:\n> We are very unhappy.'],
  ])('%s is not measured', (_, text) => {
    expect(sign(text)).toBe('not measured')
  })

  test('politeness is no opinion, nor is what somebody else wrote below', () => {
    const letter = 'Please find the figures we spoke of in the file.'
    const polite = `${letter}\nPlease let us know if you have any problems or concerns.\nBest regards`

    expect(sign(polite)).toBe('neutral')
    expect(sentimentOf(`${letter}\n\n> This is unacceptable, we are furious.`)).toBe(sentimentOf(letter))
  })
})
