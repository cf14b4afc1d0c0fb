import express, { type Request, type Response } from 'express'

const ANY_BODY = express.raw({ type: () => true, limit: '10mb' })

/** The bytes of a request, whatever its content type says; null when there are none. */
export async function rawBody(req: Request, res: Response): Promise<Buffer | null> {
  await new Promise<void>((resolve, reject) => {
    ANY_BODY(req, res, (failure?: unknown) => (failure ? reject(failure) : resolve()))
  })
  const body: unknown = req.body
  return Buffer.isBuffer(body) && body.length > 0 ? body : null
}
