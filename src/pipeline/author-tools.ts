import type { Llm } from '../llm/llm.ts'
import { keepAnswer, recallAnswer } from '../store/author-answers.ts'
import type { Db } from '../store/db.ts'
import type { AuthorTools } from './author.ts'
import { maskingFor } from './masking.ts'

/** The author's tools over a database and a model. */
export function authorToolsOver(db: Db, llm: Llm): AuthorTools {
  return {
    llm,
    masking: maskingFor,
    recall: (accountId, questionHash) => recallAnswer(db, accountId, questionHash),
    keep: (accountId, questionHash, drafts) => keepAnswer(db, { accountId, questionHash, drafts }),
  }
}
