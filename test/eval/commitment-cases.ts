import type { Side } from '../../src/model/commitment.ts'

/**
 * Sentences of our own, written when the rules stood and never fitted to: what is measured on them is how the rules do
 * on what they were not made for. Whoever changes a rule because of one of them writes a new one in its place.
 *
 * Robin Vale is the customer, Dana Reyes ours; it is Wednesday, 4 March 2026. `by` null: nobody promises anything.
 */
export type PartyCase = { in: 'note' | 'ours' | 'theirs'; says: string; by: Side | null; due?: string }

export const PARTY_CASES: readonly PartyCase[] = [
  { in: 'ours', says: 'You can expect the draft agreement on Thursday.', by: 'us', due: '2026-03-05' },
  {
    in: 'ours',
    says: "I'll loop in our solutions engineer and schedule a demo for next week.",
    by: 'us',
    due: '2026-03-13',
  },
  {
    in: 'ours',
    says: 'We are going to ship the replacement units by 20 March.',
    by: 'us',
    due: '2026-03-20',
  },
  { in: 'ours', says: 'I shall forward the references to you later today.', by: 'us', due: '2026-03-04' },
  {
    in: 'ours',
    says: "Leave it with me, I'll find out and ring you on Monday.",
    by: 'us',
    due: '2026-03-09',
  },
  { in: 'ours', says: 'Could you share the org chart with us this week?', by: 'customer', due: '2026-03-06' },
  { in: 'ours', says: 'Kindly send over the PO number so that we can invoice.', by: 'customer' },
  {
    in: 'ours',
    says: 'Please let me know by Tuesday whether the date works.',
    by: 'customer',
    due: '2026-03-10',
  },
  { in: 'ours', says: 'It was a pleasure to talk to you yesterday.', by: null },
  { in: 'ours', says: 'As promised, here is the deck.', by: null },
  { in: 'ours', says: 'Our new release comes with many improvements.', by: null },
  { in: 'theirs', says: 'Could someone from your side explain the last invoice to us?', by: 'us' },
  {
    in: 'theirs',
    says: 'We will let you know our decision by the end of the month.',
    by: 'customer',
    due: '2026-03-31',
  },
  {
    in: 'theirs',
    says: 'I will discuss it with the board and get back to you on 18 March.',
    by: 'customer',
    due: '2026-03-18',
  },
  {
    in: 'theirs',
    says: 'Please prepare a quote for 40 more seats before Friday.',
    by: 'us',
    due: '2026-03-06',
  },
  { in: 'theirs', says: 'You promised to fix the export last month.', by: 'us' },
  { in: 'theirs', says: "I'm out of the office until Monday.", by: null },
  { in: 'theirs', says: 'The rollout went well and everybody is pleased.', by: null },
  { in: 'note', says: 'Dana will arrange a workshop in April.', by: 'us', due: '2026-04-30' },
  {
    in: 'note',
    says: 'He said he would return the signed contract within two weeks.',
    by: 'customer',
    due: '2026-03-18',
  },
  { in: 'note', says: 'We promised a discount of 5 % if they renew early.', by: 'us' },
  { in: 'note', says: 'Client wants a reference call before the end of March.', by: 'us', due: '2026-03-31' },
  { in: 'note', says: 'Follow up with Robin on Monday about pricing.', by: 'us', due: '2026-03-09' },
  {
    in: 'note',
    says: 'Asked Robin to forward the security questionnaire by 10 March.',
    by: 'customer',
    due: '2026-03-10',
  },
  { in: 'note', says: 'Robin was on holiday last week.', by: null },
  { in: 'note', says: 'Decision maker is the CFO, budget approved in January.', by: null },
  {
    in: 'ours',
    says: 'Den Vertragsentwurf lasse ich Ihnen bis Donnerstag zukommen.',
    by: 'us',
    due: '2026-03-05',
  },
  { in: 'ours', says: 'Unser Support wird sich morgen bei Ihnen melden.', by: 'us', due: '2026-03-05' },
  {
    in: 'ours',
    says: 'Würden Sie mir bitte bis Montag den Termin bestätigen?',
    by: 'customer',
    due: '2026-03-09',
  },
  { in: 'theirs', says: 'Wir geben Ihnen nächste Woche Bescheid.', by: 'customer', due: '2026-03-13' },
  { in: 'theirs', says: 'Bitte rufen Sie mich am Freitag zurück.', by: 'us', due: '2026-03-06' },
  {
    in: 'note',
    says: 'Robin hat zugesagt, die Bestellung bis 15. März zu schicken.',
    by: 'customer',
    due: '2026-03-15',
  },
  { in: 'note', says: 'Herr Vale war sehr zufrieden mit der Schulung.', by: null },
  { in: 'ours', says: 'Vielen Dank für Ihre schnelle Antwort.', by: null },
  {
    in: 'ours',
    says: "Je m'occupe de la facture et je vous l'envoie vendredi.",
    by: 'us',
    due: '2026-03-06',
  },
  { in: 'ours', says: 'Notre équipe vous contactera avant le 10 mars.', by: 'us', due: '2026-03-10' },
  {
    in: 'ours',
    says: 'Pourriez-vous valider le planning avant la fin de la semaine ?',
    by: 'customer',
    due: '2026-03-06',
  },
  {
    in: 'theirs',
    says: 'Nous vous donnerons notre réponse dans deux semaines.',
    by: 'customer',
    due: '2026-03-18',
  },
  { in: 'theirs', says: 'Merci de me rappeler demain.', by: 'us', due: '2026-03-05' },
  {
    in: 'note',
    says: 'Robin doit transmettre le cahier des charges lundi.',
    by: 'customer',
    due: '2026-03-09',
  },
  { in: 'note', says: 'Bon échange avec Robin, budget confirmé.', by: null },
  { in: 'ours', says: 'Je vous remercie pour votre confiance.', by: null },
]
