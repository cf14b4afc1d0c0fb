import { createHmac } from 'node:crypto'

/** Headers of a request as Slack sends it, over a form body. */
export function slackHeaders(
  body: string,
  { secret, stamp = String(Math.floor(Date.now() / 1000)) }: { secret: string; stamp?: string },
): Record<'content-type' | 'x-slack-request-timestamp' | 'x-slack-signature', string> {
  const signature = createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex')
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': stamp,
    'x-slack-signature': `v0=${signature}`,
  }
}

/** An interaction's payload as a form body. */
export function payloadForm(payload: unknown): string {
  return `payload=${encodeURIComponent(JSON.stringify(payload))}`
}
