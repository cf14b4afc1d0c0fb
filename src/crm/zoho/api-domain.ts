/**
 * Where a token may be sent. The token answer names the host to talk to; only Zoho's own data centres, and the
 * hosts an administrator configured, are believed.
 * @see https://www.zoho.com/crm/developer/docs/api/v8/multi-dc.html
 */
const TOP_LEVELS = ['com', 'eu', 'in', 'com.au', 'jp', 'com.cn', 'ca', 'sa']
const ZOHO_HOSTS: ReadonlySet<string> = new Set(
  TOP_LEVELS.flatMap((top) => ['www', 'sandbox', 'developer'].map((prefix) => `${prefix}.zohoapis.${top}`)),
)

/**
 * @param configured hosts or base URLs an administrator wrote down, e.g. of a local server; plain http is theirs
 *   to choose
 * @returns the base to put paths behind, without a trailing slash; null when it is not allowed
 */
export function allowedApiDomain(domain: string, configured: readonly string[]): string | null {
  if (!URL.canParse(domain)) return null
  const url = new URL(domain)
  if (url.username || url.password || url.search || url.hash) return null
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  const isZoho = url.protocol === 'https:' && ZOHO_HOSTS.has(url.host) && base === url.origin
  const isConfigured = /^https?:$/.test(url.protocol) && configured.some((each) => names(each, url))
  return isZoho || isConfigured ? base : null
}

function names(configured: string, url: URL): boolean {
  if (!configured.includes('://')) return configured.toLowerCase() === url.host
  return URL.canParse(configured) && new URL(configured).origin === url.origin
}
