// Preloaded into one process: its clock runs beside everybody else's.
const skew = Number(process.env.CLOCK_SKEW_MS ?? 0)
const RealDate = Date
const now = () => RealDate.now() + skew
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(now())
    else super(...parts)
  }
  static now() {
    return now()
  }
}
