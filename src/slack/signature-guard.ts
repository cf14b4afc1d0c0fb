import type { RequestHandler } from 'express'

const maxSkewSeconds = 300

/**
 * What Bolt's verifier leaves open: it takes a time in the future, and any text after a second `=` in the
 * signature, under which a replay would look new. Bolt then checks the signature itself.
 */
export function signatureGuard(now: () => number = Date.now): RequestHandler {
  return (request, response, next) => {
    const signature = request.get('x-slack-signature') ?? ''
    const timestamp = request.get('x-slack-request-timestamp') ?? ''
    const wellFormed = /^v0=[0-9a-f]{64}$/.test(signature) && /^\d{1,12}$/.test(timestamp)
    if (!wellFormed || Math.abs(now() / 1000 - Number(timestamp)) > maxSkewSeconds) {
      response.status(401).end()
      return
    }
    next()
  }
}
