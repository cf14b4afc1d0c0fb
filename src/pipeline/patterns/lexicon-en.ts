import { type Lexicon, polarity, wordSet } from './polarity.ts'

export const ENGLISH: Lexicon = {
  polarity: polarity([
    [
      2,
      'excellent outstanding delighted thrilled fantastic amazing brilliant superb love loves loved exceptional perfect flawless impressed',
    ],
    [
      1,
      'happy glad pleased satisfied great good helpful smooth* reliable enjoy* appreciate* valuable succe* positive enthusiast* excited keen confident recommend* fast quick* easy improv* benefit* praise* stable works well productive responsive solid better best win wins',
    ],
    [
      -1,
      'problem* issue* concern* delay* slow* bug bugs buggy error* fail* broken broke breaks complain* complaint* worr* difficult* confus* unclear missing late unresolved unstable unreliable poor* bad worse lack* annoy* struggl* disrupt* outage* downtime incident* crash* mistake* doubt* tired unsure regret* hard stuck escalat* dissatisf* unsatisf* unhelpful hesitant sceptical skeptical',
    ],
    [
      -2,
      'unhappy frustrat* disappoint* unacceptable terrible awful horrible angry furious worst useless hate hates fed-up upset outrag* nightmare disast* unusable unprofessional',
    ],
  ]),
  negators: wordSet(
    "not no never none nothing neither without hardly barely cannot can't don't doesn't didn't isn't aren't wasn't weren't won't wouldn't couldn't shouldn't haven't hasn't hadn't nobody far",
  ),
  negatesBackwards: false,
  intensifiers: wordSet(
    'very extremely really so highly absolutely totally completely deeply truly incredibly particularly',
  ),
  but: wordSet('but however although yet'),
  settled: ['resolv', 'fixed', 'solved', 'settled', 'sorted'],
}
