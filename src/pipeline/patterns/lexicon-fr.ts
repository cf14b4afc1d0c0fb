import { type Lexicon, polarity, wordSet } from './polarity.ts'

export const FRENCH: Lexicon = {
  polarity: polarity([
    [
      2,
      'excellent* ravi ravie ravis ravies enchanté* fantastique* génial* formidable* parfait* remarquable* adore adorent impressionné* exceptionnel*',
    ],
    [
      1,
      'satisfait* content contente contents contentes heureu* bon bonne bons bonnes utile* fiable* efficace* réussi* succès positif* positive* apprécie* apprécient apprécié* recommand* stable* rapide* facile* fluide* amélior* mieux plaît plaisir bénéfi* confiant* enthousiast* bien fonctionne marche agréable* précieu* simple simples',
    ],
    [
      -1,
      'problème* souci* inquiet* inquiét* préoccup* difficile* difficulté* retard* lent lente lents lentes lenteur* bug bugs erreur* panne* cassé* plaint* plaign* plainte* confus* manque* manquant* mauvais* pire instable* mécontentement doute* regrett* malheureusement incident* interruption* échec* échou* critiqu* compliqué* gêne gênant* agacé* bloqué* insuffisant* hésit* sceptique* défaut* escalad*',
    ],
    [
      -2,
      'mécontent* insatisfait* frustr* déçu* décev* déception* inacceptable* catastroph* horrible* affreu* furieu* énervé* inutilisable* scandal* inadmissible* terrible* lamentable*',
    ],
  ]),
  negators: wordSet("pas aucun aucune jamais sans rien ni n'est guère"),
  negatesBackwards: true,
  intensifiers: wordSet(
    'très vraiment extrêmement tellement particulièrement totalement absolument fort profondément',
  ),
  but: wordSet('mais cependant toutefois pourtant'),
  settled: ['résolu', 'réglé', 'corrigé', 'réparé'],
}
