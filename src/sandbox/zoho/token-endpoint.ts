import type { Request, Response } from 'express'
import type { ApiTools } from './api-call.ts'
import { strike } from './fault-answers.ts'
import { refreshAccess } from './oauth.ts'
import { rawBody } from './raw-body.ts'

export const TOKEN_PATH = '/oauth/v2/token'

/** Answers token requests, which Zoho keeps on another host than its API, without credits or concurrency. */
export function createTokenEndpoint({ state, quota, faults, now, baseUrl, tokenFactor }: ApiTools) {
  return async (req: Request, res: Response) => {
    quota.count(`POST ${TOKEN_PATH}`)
    // A fault meant for any Zoho call leaves tokens alone: it must name their path.
    const fault = faults.list().some((each) => each.path && TOKEN_PATH.includes(each.path))
      ? faults.take('zoho', TOKEN_PATH)
      : null
    if (fault !== null && fault !== 'lost_answer') return strike(res, fault)
    const params = await readForm(req, res)
    for (const [name, value] of Object.entries(req.query)) params.append(name, String(value))
    const body = refreshAccess(params, { state, now: now(), apiDomain: baseUrl, factor: tokenFactor })
    if (fault === 'lost_answer') return strike(res, fault)
    res.status(200).json(body)
  }
}

/** Form data as Zoho's SDK sends it (multipart) or as most others do (urlencoded). */
async function readForm(req: Request, res: Response): Promise<FormData> {
  const body = await rawBody(req, res)
  if (body === null) return new FormData()
  const type = req.headers['content-type'] ?? 'application/x-www-form-urlencoded'
  try {
    return await new globalThis.Response(new Uint8Array(body), {
      headers: { 'content-type': type },
    }).formData()
  } catch {
    // A body that is no form holds no parameters, and is refused for that.
    return new FormData()
  }
}
