import { z } from 'zod'
import { ConfigError } from './errors.ts'
import { type FieldMap, resolveFields } from './model/field.ts'

/**
 * The environment, read once. Nothing else in `src/` looks at `process.env`. Every missing or wrong value is
 * reported at once; nothing has been opened by then.
 */

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const duration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, 'write a duration such as 90s, 10m, 72h or 7d')
  .transform((text) => {
    const [, amount = '0', unit = 'ms'] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? []
    return Number(amount) * UNITS[unit as keyof typeof UNITS]
  })
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time such as 06:00')
const httpUrl = z.url({ protocol: /^https?$/, error: 'write a URL with http:// or https://' })
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)
const required = (what: string) => z.string({ error: `is missing: ${what}` }).min(1, `is empty: ${what}`)

const key = (text: string) => Buffer.from(text, 'base64').length === 32
const NO_KEY = 'is not 32 bytes in base64 (openssl rand -base64 32)'

/** One entry per setting, flat. `.describe()` is the line of the README's table. */
export const Env = z.object({
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('development')
    .describe('`production` refuses the demo'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least severe line logged'),
  HOST: z.string().default('0.0.0.0').describe('Address to listen on'),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(3000)
    .describe('Port for Slack, webhooks and health'),
  PUBLIC_URL: httpUrl.optional().describe('Where Zoho reaches us; absent: no webhooks, polling only'),
  DATA_DIR: z.string().default('./.sergas').describe('The embedded database, when `DATABASE_URL` is absent'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'write a URL such as postgres://user@host/database' })
    .optional()
    .describe('Postgres 15 or later'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'write a URL such as redis://host:6379' })
    .optional()
    .describe('Redis 7 for the queue; needs `DATABASE_URL`'),
  ENCRYPTION_KEY: required('32 bytes, base64 (openssl rand -base64 32)')
    .refine(key, NO_KEY)
    .describe('32 bytes, base64: tokens and audit payloads at rest'),

  AUDIT_SIGNING_KEY: z
    .string()
    .refine(key, NO_KEY)
    .optional()
    .describe('32 bytes, base64: signs what the audit trail is, every 5 minutes; absent: nothing does'),
  AUDIT_ORIGIN: z
    .string()
    .regex(/^[^\s+]+$/, 'is a name without spaces and plus signs')
    .default('sergas-audit')
    .describe('Name of this trail in what is signed; another for each instance'),
  AUDIT_PUBLISH_TO: z
    .string()
    .regex(/^(slack:[CG][A-Z0-9]+|s3:\/\/[^/]+(\/.*)?|(?!slack:|s3:).+)$/, {
      error: 'write a file, slack:C… or s3://bucket/prefix',
    })
    .optional()
    .describe('Where that is published: a file, `slack:C…` or `s3://bucket/prefix`; absent: nowhere'),
  AUDIT_S3_ENDPOINT: httpUrl
    .default('https://s3.us-east-1.amazonaws.com')
    .describe('The store, with `AUDIT_PUBLISH_TO=s3://…`'),
  AUDIT_S3_REGION: z.string().min(1).default('us-east-1').describe('Its region'),
  AUDIT_S3_KEY_ID: z.string().min(1).optional().describe('Its access key'),
  AUDIT_S3_SECRET: z.string().min(1).optional().describe('Its secret key'),

  SLACK_MODE: z.enum(['http', 'socket']).default('http').describe('How Slack reaches us'),
  SLACK_BOT_TOKEN: required('the bot token of the Slack app').describe('Bot token'),
  SLACK_SIGNING_SECRET: z.string().min(1).optional().describe('Needed with `SLACK_MODE=http`'),
  SLACK_APP_TOKEN: z.string().min(1).optional().describe('Needed with `SLACK_MODE=socket`'),
  SLACK_API_URL: httpUrl.optional().describe('Another Slack API, for tests'),
  SLACK_RATE_FACTOR: z.coerce
    .number()
    .positive()
    .default(1)
    .describe('Slack’s rate limits times this, for load runs against another Slack API'),
  SLACK_TEAM_CHANNEL: z.string().optional().describe('Channel id for the team digest; absent: none'),

  ZOHO_ACCOUNTS_URL: httpUrl
    .default('https://accounts.zoho.com')
    .describe('Your data centre’s accounts server'),
  ZOHO_API_DOMAINS: list.default([]).describe('Hosts allowed as API domain besides Zoho’s own'),
  ZOHO_WEB_URL: httpUrl.default('https://crm.zoho.com').describe('Base of “Open in CRM” links'),
  ZOHO_READ_CLIENT_ID: required('the client id of the read connection').describe('Read connection'),
  ZOHO_READ_CLIENT_SECRET: required('the client secret of the read connection').describe('Read connection'),
  ZOHO_READ_REFRESH_TOKEN: required('the refresh token of the read connection').describe('Read connection'),
  ZOHO_WRITE_CLIENT_ID: required('the client id of the write connection').describe('Write connection'),
  ZOHO_WRITE_CLIENT_SECRET: required('the client secret of the write connection').describe(
    'Write connection',
  ),
  ZOHO_WRITE_REFRESH_TOKEN: required('the refresh token of the write connection').describe(
    'Write connection',
  ),
  ZOHO_WEBHOOK_SECRET: z
    .string()
    .regex(/^[A-Za-z0-9_-]{22,}$/, 'is shorter than 128 bits (openssl rand -hex 16)')
    .optional()
    .describe('Secret part of the webhook path; needed with `PUBLIC_URL`'),
  ZOHO_TIMEOUT: duration.default(45 * UNITS.s).describe('How long an unanswered call to Zoho is waited for'),
  ZOHO_FIELDS: z
    .string()
    .default('{}')
    .transform((text, context): Record<string, string | null> => {
      try {
        return z.record(z.string(), z.string().nullable()).parse(JSON.parse(text))
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON such as {"Accounts.status":"Rating"}' })
        return z.NEVER
      }
    })
    .describe(
      'Your custom fields, e.g. `{"Accounts.status":"Rating","Accounts.healthScore":null}`; null switches one off',
    ),

  ANTHROPIC_API_KEY: z
    .string()
    .min(1)
    .optional()
    .describe('Has Claude write suggestions and answer questions; absent: rules do'),
  ANTHROPIC_BASE_URL: httpUrl
    .optional()
    .describe('Another server that speaks the Messages API, such as GLM’s'),
  CLAUDE_MODEL: z.string().min(1).default('claude-sonnet-5-5').describe('The model'),
  CLAUDE_AUTHOR_MODEL: z.string().min(1).optional().describe('Another one for suggestions'),
  CLAUDE_ANALYST_MODEL: z.string().min(1).optional().describe('Another one for looking back'),
  CLAUDE_CONVERSATION_MODEL: z.string().min(1).optional().describe('Another one for questions in Slack'),
  CLAUDE_TIMEOUT: duration.default(45 * UNITS.s).describe('How long an answer of Claude is waited for'),
  CLAUDE_USD_PER_DAY: z.coerce
    .number()
    .nonnegative()
    .default(20)
    .describe('US dollars a day, from midnight UTC; then rules do it'),
  CLAUDE_USD_PER_RUN: z.coerce
    .number()
    .nonnegative()
    .default(0.5)
    .describe('US dollars for one account or one question'),
  CLAUDE_PRICES: z
    .string()
    .default('{}')
    .transform((text, context): Record<string, [number, number]> => {
      try {
        const price = z.number().nonnegative()
        return z.record(z.string(), z.tuple([price, price])).parse(JSON.parse(text))
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON such as {"glm-4.6":[0.6,2.2]}' })
        return z.NEVER
      }
    })
    .describe('US dollars per million tokens read and written, by the beginning of a model’s name'),

  APPROVAL_TIMEOUT: duration.default(72 * UNITS.h).describe('How long a proposal may be approved'),
  UNDO_WINDOW: duration.default(24 * UNITS.h).describe('How long a written change may be undone'),
  WEBHOOK_MERGE_WINDOW: duration
    .default(5 * UNITS.m)
    .describe('Changes of one account within it are reviewed together'),
  SECOND_APPROVER_ABOVE: z.coerce
    .number()
    .positive()
    .optional()
    .describe('Amount from which two people must approve; absent: one'),
  TIME_ZONE: z
    .string()
    .default('UTC')
    .refine((zone) => isZone(zone), 'is not an IANA time zone such as Europe/Paris')
    .describe('For people whose own zone nobody knows, and for the team digest'),
  REVIEW_TIME: clockTime.default('05:00').describe('Daily review, in each owner’s zone'),
  DIGEST_TIME: clockTime.default('06:00').describe('Daily digest, unless the owner chose another time'),
})
export type Env = z.infer<typeof Env>

export type ZohoConnection = { clientId: string; clientSecret: string; refreshToken: string }

/** Where checkpoints of the audit trail go. */
export type PublishTo =
  | { to: 'file'; path: string }
  | { to: 'slack'; channel: string }
  | {
      to: 's3'
      endpoint: string
      region: string
      bucket: string
      prefix: string
      keyId: string
      secret: string
    }

export type Config = {
  logLevel: Env['LOG_LEVEL']
  http: { host: string; port: number; publicUrl: string | null }
  platform: { dataDir: string; databaseUrl: string | null; redisUrl: string | null }
  encryptionKey: Uint8Array
  audit: { origin: string; signingKey: Uint8Array | null; publishTo: PublishTo | null }
  slack: {
    mode: Env['SLACK_MODE']
    botToken: string
    signingSecret: string | null
    appToken: string | null
    apiUrl: string | null
    teamChannel: string | null
    rateFactor: number
  }
  zoho: {
    accountsUrl: string
    extraApiDomains: string[]
    webUrl: string
    read: ZohoConnection
    write: ZohoConnection
    webhookSecret: string | null
    timeoutMs: number
    fields: FieldMap
  }
  /** Null: there is no model, and rules do everything. */
  claude: {
    apiKey: string
    baseUrl: string | null
    models: { author: string; analyst: string; conversation: string }
    prices: Record<string, [input: number, output: number]>
    deadlineMs: number
    usdPerDay: number
    usdPerRun: number
  } | null
  approval: { ttlMs: number; undoMs: number; secondApproverAbove: number | null }
  review: { mergeWindowMs: number; localTime: string }
  digest: { localTime: string; zone: string }
}

/**
 * @throws ConfigError naming every problem.
 */
export function readConfig(env: Given): Config {
  // `NAME=` in a shell or an env file means "not set".
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = Env.safeParse(given)
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)

  // Rules between settings are told in the same breath, from whatever could be read.
  if (given.REDIS_URL && !given.DATABASE_URL)
    problems.push('REDIS_URL needs DATABASE_URL: Redis only carries the queue')
  if (given.SLACK_MODE === 'socket') {
    if (!given.SLACK_APP_TOKEN) problems.push('SLACK_APP_TOKEN is missing: SLACK_MODE=socket needs it')
  } else if (!given.SLACK_SIGNING_SECRET) {
    problems.push('SLACK_SIGNING_SECRET is missing: SLACK_MODE=http needs it')
  }
  if (given.PUBLIC_URL && !given.ZOHO_WEBHOOK_SECRET) {
    problems.push('ZOHO_WEBHOOK_SECRET is missing: PUBLIC_URL needs it (openssl rand -hex 16)')
  }
  problems.push(...auditProblems(given))
  const mapping = parsed.success ? resolveFields(parsed.data.ZOHO_FIELDS) : null
  problems.push(...(mapping?.problems ?? []))
  if (!parsed.success || !mapping || problems.length > 0) throw new ConfigError(problems)
  return toConfig(parsed.data, mapping.fields)
}

/** Every value that nobody may read, in the form in which it could reach a text. */
export function secretsOf({ encryptionKey, audit, slack, zoho, platform }: Config): string[] {
  const keys = [encryptionKey, audit.signingKey].flatMap((bytes) => {
    const key = bytes && Buffer.from(bytes)
    return key ? [key.toString('base64'), key.toString('base64url'), key.toString('hex')] : []
  })
  const stored = audit.publishTo?.to === 's3' ? audit.publishTo.secret : null
  const words = [
    stored,
    slack.botToken,
    slack.signingSecret,
    slack.appToken,
    zoho.read.clientSecret,
    zoho.read.refreshToken,
    zoho.write.clientSecret,
    zoho.write.refreshToken,
    zoho.webhookSecret,
    passwordIn(platform.databaseUrl),
    passwordIn(platform.redisUrl),
  ]
  return [...keys, ...words.flatMap((word) => (word ? [word] : []))]
}

function passwordIn(url: string | null): string | null {
  if (!url) return null
  const { password } = new URL(url)
  try {
    return decodeURIComponent(password)
  } catch {
    return password
  }
}

type Given = Readonly<Record<string, string | undefined>>

function auditProblems({ AUDIT_PUBLISH_TO, ...given }: Given): string[] {
  if (!AUDIT_PUBLISH_TO) return []
  const needed = AUDIT_PUBLISH_TO.startsWith('s3:')
    ? ['AUDIT_SIGNING_KEY', 'AUDIT_S3_KEY_ID', 'AUDIT_S3_SECRET']
    : ['AUDIT_SIGNING_KEY']
  return needed.filter((name) => !given[name]).map((name) => `${name} is missing: AUDIT_PUBLISH_TO needs it`)
}

function publishTo(env: AuditEnv): PublishTo | null {
  const [, scheme, place = ''] = /^(slack:|s3:\/\/)?(.*)$/.exec(env.AUDIT_PUBLISH_TO ?? '') ?? []
  if (!place) return null
  if (scheme === 'slack:') return { to: 'slack', channel: place }
  if (!scheme) return { to: 'file', path: place }
  const [bucket = '', ...rest] = place.split('/')
  return {
    to: 's3',
    bucket,
    prefix: rest.join('/'),
    endpoint: env.AUDIT_S3_ENDPOINT,
    region: env.AUDIT_S3_REGION,
    keyId: env.AUDIT_S3_KEY_ID ?? '',
    secret: env.AUDIT_S3_SECRET ?? '',
  }
}

const AuditEnv = Env.pick({
  AUDIT_SIGNING_KEY: true,
  AUDIT_ORIGIN: true,
  AUDIT_PUBLISH_TO: true,
  AUDIT_S3_ENDPOINT: true,
  AUDIT_S3_REGION: true,
  AUDIT_S3_KEY_ID: true,
  AUDIT_S3_SECRET: true,
}).extend({ ENCRYPTION_KEY: Env.shape.ENCRYPTION_KEY.optional() })
type AuditEnv = z.infer<typeof AuditEnv>

export type AuditConfig = Config['audit'] & { encryptionKey: Uint8Array | null }

/**
 * What looking at a trail needs; everything may be absent, and more is looked at the more there is.
 *
 * @throws ConfigError naming every problem.
 */
export function readAuditConfig(env: Given): AuditConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = AuditEnv.safeParse(given)
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`))
  const { ENCRYPTION_KEY: encryptionKey } = parsed.data
  return { ...toAudit(parsed.data), encryptionKey: encryptionKey ? bytesOf(encryptionKey) : null }
}

function toAudit(env: AuditEnv): Config['audit'] {
  const { AUDIT_SIGNING_KEY: signingKey, AUDIT_ORIGIN: origin } = env
  return { origin, signingKey: signingKey ? bytesOf(signingKey) : null, publishTo: publishTo(env) }
}

const bytesOf = (base64: string): Uint8Array => Buffer.from(base64, 'base64')

function toConfig(env: Env, fields: FieldMap): Config {
  return {
    logLevel: env.LOG_LEVEL,
    http: { host: env.HOST, port: env.PORT, publicUrl: env.PUBLIC_URL ?? null },
    platform: {
      dataDir: env.DATA_DIR,
      databaseUrl: env.DATABASE_URL ?? null,
      redisUrl: env.REDIS_URL ?? null,
    },
    encryptionKey: bytesOf(env.ENCRYPTION_KEY),
    audit: toAudit(env),
    slack: {
      mode: env.SLACK_MODE,
      botToken: env.SLACK_BOT_TOKEN,
      signingSecret: env.SLACK_SIGNING_SECRET ?? null,
      appToken: env.SLACK_APP_TOKEN ?? null,
      apiUrl: env.SLACK_API_URL ?? null,
      teamChannel: env.SLACK_TEAM_CHANNEL ?? null,
      rateFactor: env.SLACK_RATE_FACTOR,
    },
    zoho: {
      accountsUrl: env.ZOHO_ACCOUNTS_URL,
      extraApiDomains: env.ZOHO_API_DOMAINS,
      webUrl: env.ZOHO_WEB_URL,
      read: {
        clientId: env.ZOHO_READ_CLIENT_ID,
        clientSecret: env.ZOHO_READ_CLIENT_SECRET,
        refreshToken: env.ZOHO_READ_REFRESH_TOKEN,
      },
      write: {
        clientId: env.ZOHO_WRITE_CLIENT_ID,
        clientSecret: env.ZOHO_WRITE_CLIENT_SECRET,
        refreshToken: env.ZOHO_WRITE_REFRESH_TOKEN,
      },
      webhookSecret: env.ZOHO_WEBHOOK_SECRET ?? null,
      timeoutMs: env.ZOHO_TIMEOUT,
      fields,
    },
    claude: toClaude(env),
    approval: {
      ttlMs: env.APPROVAL_TIMEOUT,
      undoMs: env.UNDO_WINDOW,
      secondApproverAbove: env.SECOND_APPROVER_ABOVE ?? null,
    },
    review: { mergeWindowMs: env.WEBHOOK_MERGE_WINDOW, localTime: env.REVIEW_TIME },
    digest: { localTime: env.DIGEST_TIME, zone: env.TIME_ZONE },
  }
}

function toClaude(env: Env): Config['claude'] {
  if (env.ANTHROPIC_API_KEY === undefined) return null
  return {
    apiKey: env.ANTHROPIC_API_KEY,
    baseUrl: env.ANTHROPIC_BASE_URL ?? null,
    models: {
      author: env.CLAUDE_AUTHOR_MODEL ?? env.CLAUDE_MODEL,
      analyst: env.CLAUDE_ANALYST_MODEL ?? env.CLAUDE_MODEL,
      conversation: env.CLAUDE_CONVERSATION_MODEL ?? env.CLAUDE_MODEL,
    },
    prices: env.CLAUDE_PRICES,
    deadlineMs: env.CLAUDE_TIMEOUT,
    usdPerDay: env.CLAUDE_USD_PER_DAY,
    usdPerRun: env.CLAUDE_USD_PER_RUN,
  }
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
