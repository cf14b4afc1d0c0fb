import { expect, test } from 'vitest'
import { asksOrPromises } from '../../../src/pipeline/commitments/classifier.ts'
import { CUES } from '../../../src/pipeline/commitments/cues.ts'
import { PLACES } from '../../../src/pipeline/commitments/features.ts'
import { MODEL } from '../../../src/pipeline/commitments/weights.ts'

test('the weights are those of the cues there are', () => {
  expect(MODEL.cues).toHaveLength(CUES.length)
  expect(MODEL.alone.cues).toHaveLength(CUES.length)
  expect(Buffer.from(MODEL.hashed, 'base64')).toHaveLength(PLACES)
})

test.each([
  ['Could you please send me the report by Friday?', 'The report was published in March.'],
  ['Könnten Sie mir bitte den Bericht schicken?', 'Der Bericht wurde im März veröffentlicht.'],
  ['Pourriez-vous nous envoyer le rapport ?', 'Le rapport a été publié en mars.'],
])('%s asks for something; %s does not', (asks, tells) => {
  expect(asksOrPromises(asks)).toBeGreaterThan(0.5)
  expect(asksOrPromises(tells)).toBeLessThan(0.5)
})

test('no words ask for nothing', () => {
  expect(asksOrPromises('')).toBeLessThan(0.5)
})
