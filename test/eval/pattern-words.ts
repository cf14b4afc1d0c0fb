/** How people say things in letters, notes and minutes: the material of the pattern cases, in three languages. */

export const GLAD = [
  'Just a quick word to say that the rollout has been a big success here and everyone enjoys working with it.',
  'Your support team has been fantastic this month, really impressed with how quick they are.',
  'The new release is a huge improvement, we love it and would recommend it to anyone.',
  'Great session today, the whole team is very pleased with the results so far.',
  'Die Einführung war ein voller Erfolg, alle sind begeistert.',
  'Wir sind mit der Zusammenarbeit rundum zufrieden, vor allem der Support ist hervorragend.',
  'Das neue Dashboard gefällt uns sehr gut und läuft zuverlässig.',
  'Nous sommes ravis du déploiement, tout fonctionne parfaitement.',
  "L'équipe est très contente du nouveau module et apprécie la réactivité du support.",
  'Excellent travail, le projet est un vrai succès pour nous.',
]

export const ANGRY = [
  'Honestly, we are fed up with the constant outages, this cannot go on.',
  'The import failed again last night and nobody from your side called back. Very disappointing.',
  'My colleagues are frustrated, the tool is slow and full of bugs.',
  'This is not what we were promised and we are not satisfied at all.',
  'Wir sind enttäuscht, dass das Problem seit drei Wochen nicht behoben ist.',
  'Der Support reagiert viel zu langsam und die Kollegen sind frustriert.',
  'So geht es nicht weiter, die ständigen Ausfälle sind für uns inakzeptabel.',
  'Nous sommes très déçus par la qualité du support ces dernières semaines.',
  "Les pannes répétées sont inacceptables et l'équipe est mécontente.",
  "Le problème n'est toujours pas résolu et cela nous inquiète beaucoup.",
]

export const CALM = [
  'We talked about the schedule for the coming weeks and who will join the next call.',
  'Attached is the list of people for the training on the 14th.',
  'Please send the minutes to Robin and me, and the invitation for the next session.',
  'Anbei die Liste der Teilnehmer für die Schulung am Montag.',
  'Wir haben über den Zeitplan gesprochen und wer am nächsten Termin dabei ist.',
  'Voici la liste des participants pour la formation de lundi prochain.',
  "Nous avons parlé du calendrier et de l'ordre du jour de la prochaine réunion.",
]

export const COMPETITOR = [
  'They told me that they are looking at a competitor for the next contract period.',
  'Procurement asked us to compare you with two other vendors before we sign again.',
  'We have started a pilot with an alternative solution in one department.',
  'IT is considering a switch to another provider next year.',
  'Der Einkauf vergleicht gerade mehrere andere Anbieter.',
  'Sie prüfen einen Wechsel zu einem Wettbewerber.',
  "Ils étudient une solution d'un concurrent.",
  "Le service achats compare votre offre avec d'autres fournisseurs.",
]

export const BUDGET = [
  'Finance says the subscription is too expensive for what we use.',
  'There is no budget for this next year, I am afraid.',
  'Our budget was cut by a fifth, so we need to reduce costs everywhere.',
  'The price increase is hard to explain to my boss.',
  'Das Budget für nächstes Jahr wurde gekürzt.',
  'Ehrlich gesagt ist uns das inzwischen zu teuer.',
  'Notre budget est très serré cette année.',
  "C'est devenu trop cher pour notre service.",
]

export const PRICE_ONLY = [
  'Could you send me the price list for the renewal?',
  'The budget round starts in March, I will get back to you then.',
  'Thanks for the quote, I have forwarded it to finance.',
  'Können Sie mir bitte das Angebot mit den Preisen schicken?',
  'Merci pour le devis, je le transmets à la comptabilité.',
  'The budget for the renewal is approved.',
]

export const GROWTH = [
  'We are opening a second office in Lyon and will need more licenses there.',
  'The sales department would like to have twenty additional users.',
  'We plan to expand to the UK team after the summer.',
  'We are hiring thirty people this year, so let us talk about an upgrade to the bigger plan.',
  'Wir wachsen stark und brauchen weitere Lizenzen.',
  'Im Herbst kommt ein neuer Standort dazu, den wir anbinden wollen.',
  'Nous ouvrons un nouveau site à Lille et il nous faudra des licences supplémentaires.',
  "Nous souhaitons étendre l'outil à l'équipe commerciale.",
]

export const NO_GROWTH = [
  'We have no plans to expand at the moment.',
  'We do not need any additional users this year.',
  'Wir brauchen derzeit keine weiteren Lizenzen.',
  "Nous n'avons pas besoin de licences supplémentaires.",
]

export const ADOPTION = [
  'Accounting started using the approval workflow last week.',
  'We have rolled out the mobile app to all technicians.',
  'The reporting module is live and the managers look at the dashboards daily.',
  'We switched on the API integration with our ERP.',
  'Das Modul für Berichte ist seit Montag im Einsatz.',
  'Die Kollegen nutzen die neue Schnittstelle jetzt täglich.',
  'Le module de facturation est déployé dans toutes les agences.',
  'Les équipes utilisent le nouveau tableau de bord tous les jours.',
]

export const NO_ADOPTION = [
  'Nobody is using the dashboards yet.',
  'The missing feature for exports keeps us from using the module.',
  'Das Modul wird noch nicht genutzt.',
  "Personne n'utilise encore l'application.",
]

export const EXECUTIVE_CHANGES = [
  ['ceo', 'Their CEO is leaving the company at the end of the quarter.'],
  ['cfo', 'A new CFO joined last week, we should introduce ourselves.'],
  ['cto', 'The CTO has resigned, nobody knows yet who follows.'],
  ['coo', 'Our contact says the COO was replaced.'],
  ['ceo', 'Der Geschäftsführer verlässt das Unternehmen zum Jahresende.'],
  ['cio', 'Neuer IT-Leiter ab sofort, bitte vorstellen.'],
  ['cfo', 'Le directeur financier a quitté la société.'],
  ['ceo', 'Un nouveau directeur général a été nommé.'],
] as const

export const NO_EXECUTIVE_CHANGES = [
  'Left a voicemail for the CFO, will try again tomorrow.',
  'The CEO joined us for the first ten minutes of the call.',
  'Der Geschäftsführer war beim Termin dabei.',
  'Le directeur financier est en vacances cette semaine.',
]

export const MISSED = [
  { subject: 'Canceled: Quarterly review' },
  { subject: 'Review', outcome: 'Cancelled by customer' },
  { subject: 'Status', outcome: 'No-show' },
  { subject: 'Status', outcome: 'Did not attend' },
  { subject: 'Demo', body: 'Nobody showed up, waited twenty minutes.' },
  { subject: 'Abgesagt: Statustermin' },
  { subject: 'Termin', outcome: 'Nicht erschienen' },
  { subject: 'Annulé : point mensuel' },
  { subject: 'Réunion', outcome: 'Annulée' },
]

export const HELD = [
  { subject: 'Quarterly review', outcome: 'Held' },
  { subject: 'Status', outcome: 'Completed' },
  { subject: 'Demo', body: 'We discussed the roadmap and agreed on the next steps.' },
  { subject: 'Termin', body: 'Wir haben den Zeitplan besprochen und die nächsten Schritte vereinbart.' },
  { subject: 'Réunion', body: 'Nous avons discuté du calendrier et convenu de la suite.' },
  { subject: 'Review', body: 'They cancelled the contract with their old supplier, as discussed.' },
]

/** In languages there are no words for. */
export const FOREIGN = [
  'Estamos muy descontentos con el servicio de este mes y el precio es demasiado alto.',
  'Siamo molto soddisfatti della nuova versione e dei nuovi utenti.',
  'We zijn erg tevreden over het nieuwe systeem en de ondersteuning.',
  'サービスにとても満足しています。追加のライセンスが必要です。',
  'Мы очень довольны новой версией и поддержкой.',
]
