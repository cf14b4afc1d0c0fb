/** A refusal in Zoho's own envelope: `{code, details, message, status: "error"}`. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly httpStatus: number
  readonly code: string
  readonly details: Record<string, unknown>

  constructor(httpStatus: number, code: string, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.httpStatus = httpStatus
    this.code = code
    this.details = details
  }

  get body() {
    return { code: this.code, details: this.details, message: this.message, status: 'error' as const }
  }
}
