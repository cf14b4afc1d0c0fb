import { type Lexicon, polarity, wordSet } from './polarity.ts'

export const GERMAN: Lexicon = {
  polarity: polarity([
    [
      2,
      'begeister* hervorragend* ausgezeichnet* fantastisch* großartig* grossartig* exzellent* perfekt* überragend* liebt lieben beeindruckt*',
    ],
    [
      1,
      'zufrieden* glücklich* froh gut gute guter guten gutes toll* prima super hilfreich* zuverlässig* erfolgreich* erfolg positiv* freut freuen erfreut* stabil* reibungslos* schnell* einfach* empfehlen empfiehlt lob lobt gelobt besser* verbesser* gefällt gefallen schätzt schätzen vorteil* überzeugt* funktioniert klappt läuft angenehm*',
    ],
    [
      -1,
      'problem* sorge* bedenken schwierig* verzöger* verspät* langsam* fehler* fehlerhaft* kaputt defekt* beschwer* unklar* störung* störend ausfall* ausgefallen ausfälle absturz abstürz* abgestürzt mangel* mangelhaft* schlecht* schlimm* fehlt fehlen leider kritik kritisier* instabil* unzuverlässig* umständlich* ärgerlich* ärger zweifel* zweifelt skeptisch* eskal* stockt hakt enttäusch* unsicher* bemängel*',
    ],
    [
      -2,
      'unzufrieden* frustr* verärger* wütend* inakzeptabel* unakzeptabel* katastroph* furchtbar* schrecklich* empört* unbrauchbar* unmöglich unverschämt* unprofessionell*',
    ],
  ]),
  negators: wordSet('nicht kein keine keinen keinem keiner keinerlei nie niemals ohne kaum weder nichts'),
  negatesBackwards: true,
  intensifiers: wordSet(
    'sehr äußerst extrem wirklich total absolut richtig besonders völlig überaus zutiefst',
  ),
  but: wordSet('aber jedoch allerdings doch'),
  settled: ['behoben', 'gelöst', 'geklärt', 'erledigt', 'beseitigt'],
}
