import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  boolean,
  check,
  customType,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  json as orderedJson,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { AccountStatus, ActivityType, DealOutcome, PaymentStatus } from '../model/account.ts'
import type { ApprovalState, Decision, OperationState } from '../model/approval.ts'
import type { CrmChange, Fields } from '../model/change.ts'
import type { Module } from '../model/field.ts'
import type { EntityKind, MemoryKind, MemorySource, RelationKind } from '../model/memory.ts'
import type { Preferences, Role } from '../model/owner.ts'
import type {
  AccountStanding,
  ActionClass,
  Author,
  Confidence,
  Draft,
  DraftText,
  KindName,
  Priority,
  Rationale,
  RecommendationState,
  Refusal,
  ReviewState,
  ReviewTrigger,
} from '../model/review.ts'
import type { Evidence } from '../model/signal.ts'

/** Everything the product remembers. Postgres is the only truth and the only clock. */

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 })
const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })
const searchable = customType<{ data: string }>({ dataType: () => 'tsvector' })
/** Of words that were folded in code: Postgres's own parser knows the letters of its locale only. */
const wordsOf = (folded: string) => sql.raw(`array_to_tsvector(string_to_array(${folded}, ' '))`)
const json = <T>(name: string) => jsonb(name).$type<T>()
/** One of our closed vocabularies; the code that writes it holds the type. */
const word = <T extends string>(name: string) => text(name).$type<T>()

// ——— people and workspaces ———

export const slackInstallations = pgTable('slack_installations', {
  teamId: text('team_id').primaryKey(),
  name: text('name').notNull(),
  botUserId: text('bot_user_id').notNull(),
  /** Base of the workspace's own pages, ending in a slash. */
  url: text('url').notNull(),
  installedAt: at('installed_at').notNull().defaultNow(),
})

export const owners = pgTable(
  'owners',
  {
    /** CRM user id. */
    id: text('id').primaryKey(),
    teamId: text('team_id').notNull(),
    slackUserId: text('slack_user_id'),
    email: text('email').notNull(),
    name: text('name').notNull(),
    role: word<Role>('role').notNull(),
    /** True when an admin linked this person by hand: sync then leaves role and Slack id alone. */
    linkedByHand: boolean('linked_by_hand').notNull().default(false),
    managerId: text('manager_id'),
    crmZone: text('crm_zone'),
    slackZone: text('slack_zone'),
    active: boolean('active').notNull().default(true),
    preferences: json<Partial<Preferences>>('preferences').notNull().default({}),
    /** App Home no longer shows the truth; a job publishes it anew. */
    homeStale: boolean('home_stale').notNull().default(false),
    homeSeenAt: at('home_seen_at'),
  },
  (table) => [unique('owners_slack_user').on(table.teamId, table.slackUserId)],
)

// ——— mirror of the CRM ———

const mirror = () => ({
  id: text('id').primaryKey(),
  ownerId: text('owner_id'),
  raw: json<Record<string, unknown>>('raw').notNull(),
  contentHash: text('content_hash').notNull(),
  crmCreatedAt: at('crm_created_at'),
  crmModifiedAt: at('crm_modified_at'),
  deletedAt: at('deleted_at'),
})

export const accounts = pgTable(
  'accounts',
  {
    ...mirror(),
    name: text('name').notNull(),
    status: word<AccountStatus>('status').notNull(),
    statusText: text('status_text'),
    industry: text('industry'),
    annualRevenue: doublePrecision('annual_revenue'),
    healthScore: integer('health_score'),
    renewalDate: text('renewal_date'),
    paymentStatus: word<PaymentStatus>('payment_status').notNull(),
    website: text('website'),
    lastActivityAt: at('last_activity_at'),
    /** Something about it moved and was not followed up yet: set in the transaction that saw it. */
    reviewDueAt: at('review_due_at'),
    /** Something about it moved that memory does not hold yet; a new account is remembered like any that moved. */
    memoryDueAt: at('memory_due_at').defaultNow(),
  },
  (table) => [
    // An owner's portfolio.
    index('accounts_owner').on(table.ownerId),
    // What waits to be followed up.
    index('accounts_review_due').on(table.reviewDueAt).where(sql`review_due_at is not null`),
    // What waits to be remembered.
    index('accounts_memory_due').on(table.memoryDueAt).where(sql`memory_due_at is not null`),
  ],
)

export const contacts = pgTable(
  'contacts',
  {
    ...mirror(),
    accountId: text('account_id'),
    name: text('name').notNull(),
    email: text('email'),
    phone: text('phone'),
    title: text('title'),
  },
  (table) => [index('contacts_account').on(table.accountId)],
)

export const deals = pgTable(
  'deals',
  {
    ...mirror(),
    accountId: text('account_id'),
    contactId: text('contact_id'),
    name: text('name').notNull(),
    stage: text('stage'),
    outcome: word<DealOutcome>('outcome').notNull(),
    amount: doublePrecision('amount'),
    closingDate: text('closing_date'),
    probability: doublePrecision('probability'),
    nextStep: text('next_step'),
    pipeline: text('pipeline'),
    stageChangedAt: at('stage_changed_at'),
  },
  (table) => [index('deals_account').on(table.accountId)],
)

export const activities = pgTable(
  'activities',
  {
    ...mirror(),
    module: word<'Tasks' | 'Events' | 'Calls' | 'Notes'>('module').notNull(),
    accountId: text('account_id'),
    dealId: text('deal_id'),
    contactId: text('contact_id'),
    type: word<ActivityType>('type').notNull(),
    subject: text('subject').notNull(),
    body: text('body'),
    at: at('at'),
    completed: boolean('completed'),
  },
  (table) => [
    // The newest activities of an account.
    index('activities_account_at').on(table.accountId, table.at),
  ],
)

export const changes = pgTable(
  'changes',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    module: word<Module>('module').notNull(),
    recordId: text('record_id').notNull(),
    accountId: text('account_id'),
    /** Our name of the field; `record` for one that appeared or went. */
    field: text('field').notNull(),
    old: text('old'),
    new: text('new'),
    at: at('at').notNull(),
    source: word<'sync' | 'webhook' | 'request'>('source').notNull(),
  },
  (table) => [index('changes_account_at').on(table.accountId, table.at)],
)

export const syncState = pgTable('sync_state', {
  module: word<Module>('module').primaryKey(),
  /** Highest (Modified_Time, id) seen by the last delta. */
  modifiedAt: at('modified_at'),
  lastId: text('last_id'),
  fullAt: at('full_at'),
  deltaAt: at('delta_at'),
  deletedAt: at('deleted_at'),
  error: text('error'),
})

// ——— what came in ———

export const inbox = pgTable(
  'inbox',
  {
    source: text('source').notNull(),
    eventKey: text('event_key').notNull(),
    body: json<Record<string, unknown>>('body').notNull(),
    receivedAt: at('received_at').notNull().defaultNow(),
    processedAt: at('processed_at'),
    error: text('error'),
    /** When it was left unprocessed for good; null again once somebody discarded it. */
    givenUpAt: at('given_up_at'),
  },
  (table) => [
    primaryKey({ columns: [table.source, table.eventKey] }),
    // What the sweeper picks up.
    index('inbox_unprocessed').on(table.receivedAt).where(sql`processed_at is null`),
    // Dead letters.
    index('inbox_given_up').on(table.givenUpAt).where(sql`given_up_at is not null`),
  ],
)

export const interactions = pgTable(
  'interactions',
  {
    id: text('id').primaryKey(),
    teamId: text('team_id').notNull(),
    userId: text('user_id').notNull(),
    kind: text('kind').notNull(),
    /** The request's signature: the same signed request is never acted on twice. */
    signature: text('signature').notNull().unique(),
    body: json<Record<string, unknown>>('body').notNull(),
    state: word<'received' | 'applied' | 'refused' | 'failed'>('state').notNull(),
    outcome: text('outcome'),
    receivedAt: at('received_at').notNull().defaultNow(),
    finishedAt: at('finished_at'),
  },
  (table) => [index('interactions_received').on(table.receivedAt)],
)

// ——— reviews and recommendations ———

export type ReviewStages = Record<string, { startedAt: string; tookMs: number; output?: unknown }>

export const reviews = pgTable(
  'reviews',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    ownerId: text('owner_id'),
    trigger: word<ReviewTrigger>('trigger').notNull(),
    state: word<ReviewState>('state').notNull(),
    /** Hash of what the review was made from; the same hash is the same review. */
    inputHash: text('input_hash'),
    /** The review this one merely points at, because nothing had changed. */
    sameAs: text('same_as'),
    stages: json<ReviewStages>('stages').notNull().default({}),
    standing: json<AccountStanding>('standing'),
    refusals: json<Refusal[]>('refusals').notNull().default([]),
    /** What was missing, in words. */
    degraded: json<string[]>('degraded').notNull().default([]),
    requestedBy: text('requested_by'),
    startedAt: at('started_at').notNull().defaultNow(),
    finishedAt: at('finished_at'),
    error: text('error'),
  },
  (table) => [
    // The latest review of an account.
    index('reviews_account').on(table.accountId, table.startedAt),
    index('reviews_unfinished').on(table.startedAt).where(sql`finished_at is null`),
  ],
)

export const recommendations = pgTable(
  'recommendations',
  {
    id: text('id').primaryKey(),
    teamId: text('team_id').notNull(),
    reviewId: text('review_id').notNull(),
    accountId: text('account_id').notNull(),
    ownerId: text('owner_id'),
    kind: word<KindName>('kind').notNull(),
    subjectModule: word<'Accounts' | 'Deals'>('subject_module').notNull(),
    subjectId: text('subject_id').notNull(),
    title: text('title').notNull(),
    rationale: json<Rationale[]>('rationale').notNull(),
    evidence: json<Evidence[]>('evidence').notNull(),
    priority: word<Priority>('priority').notNull(),
    urgency: doublePrecision('urgency').notNull(),
    confidence: json<Confidence>('confidence').notNull(),
    draft: json<DraftText>('draft'),
    // Not jsonb: that forgets the order in which a person is shown the fields.
    change: orderedJson('change').$type<CrmChange>().notNull(),
    actionClass: word<ActionClass>('action_class').notNull(),
    piiKinds: json<string[]>('pii_kinds').notNull().default([]),
    author: word<Author>('author').notNull().default('rules'),
    /** Why the rules wrote it although a model was to. */
    authorNote: text('author_note'),
    dedupeKey: text('dedupe_key').notNull(),
    state: word<RecommendationState>('state').notNull(),
    stateReason: text('state_reason'),
    snoozedUntil: at('snoozed_until'),
    createdAt: at('created_at').notNull().defaultNow(),
    decidedAt: at('decided_at'),
    expiresAt: at('expires_at').notNull(),
  },
  (table) => [
    // The same suggestion is never open twice.
    uniqueIndex('recommendations_open_once').on(table.dedupeKey).where(sql`state in ('open', 'shown')`),
    index('recommendations_owner_state').on(table.ownerId, table.state),
    // The sweeper's questions: what ran out unseen, and whose snooze is over.
    index('recommendations_open_expiry').on(table.expiresAt).where(sql`state = 'open'`),
    index('recommendations_snoozed').on(table.snoozedUntil).where(sql`snoozed_until is not null`),
    index('recommendations_account').on(table.accountId, table.createdAt),
  ],
)

export const suppressions = pgTable(
  'suppressions',
  {
    accountId: text('account_id').notNull(),
    kind: word<KindName>('kind').notNull(),
    byOwnerId: text('by_owner_id').notNull(),
    reason: text('reason'),
    createdAt: at('created_at').notNull().defaultNow(),
    until: at('until'),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.kind] })],
)

// ——— deciding and executing ———

export const approvals = pgTable(
  'approvals',
  {
    id: text('id').primaryKey(),
    teamId: text('team_id').notNull(),
    recommendationId: text('recommendation_id')
      .notNull()
      .references(() => recommendations.id),
    kind: word<'change' | 'undo'>('kind').notNull(),
    /** The approval whose effect an undo takes back. */
    undoOf: text('undo_of'),
    state: word<ApprovalState>('state').notNull(),
    accountId: text('account_id').notNull(),
    actionClass: word<ActionClass>('action_class').notNull(),
    askedOwnerId: text('asked_owner_id').notNull(),
    requiredDeciders: integer('required_deciders').notNull().default(1),
    version: integer('version').notNull().default(1),
    changeHash: text('change_hash').notNull(),
    openedAt: at('opened_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    decidedAt: at('decided_at'),
    decidedBy: text('decided_by'),
    reason: text('reason'),
    /** The approval that took this one's place. */
    replacedBy: text('replaced_by'),
    remindedAt: at('reminded_at'),
  },
  (table) => [
    unique('approvals_id_state').on(table.id, table.state),
    check('approved_in_time', sql`state <> 'approved' or decided_at < expires_at`),
    check('decided_has_a_time', sql`state = 'pending' or decided_at is not null`),
    // One pending approval per recommendation; an undo beside it only once.
    uniqueIndex('approvals_pending_once')
      .on(table.recommendationId, table.kind)
      .where(sql`state = 'pending'`),
    uniqueIndex('approvals_undo_once').on(table.undoOf).where(sql`kind = 'undo' and state = 'approved'`),
    // The sweeper's query for what ran out of time.
    index('approvals_pending_expiry').on(table.expiresAt).where(sql`state = 'pending'`),
    index('approvals_asked').on(table.askedOwnerId, table.state),
    // A card with the approval that takes it back, and what became of a recommendation.
    index('approvals_undo_of').on(table.undoOf),
    index('approvals_recommendation').on(table.recommendationId),
    // What was decided lately and is not in memory yet.
    index('approvals_decided').on(table.decidedAt),
  ],
)

export const approvalVersions = pgTable(
  'approval_versions',
  {
    approvalId: text('approval_id')
      .notNull()
      .references(() => approvals.id),
    version: integer('version').notNull(),
    // Not jsonb: that forgets the order in which a person is shown the fields.
    change: orderedJson('change').$type<CrmChange>().notNull(),
    hash: text('hash').notNull(),
    editedBy: text('edited_by'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.approvalId, table.version] })],
)

export const decisions = pgTable(
  'decisions',
  {
    approvalId: text('approval_id').notNull(),
    version: integer('version').notNull(),
    /** Owner id, or `system`. */
    person: text('person').notNull(),
    decision: word<Decision>('decision').notNull(),
    changeHash: text('change_hash').notNull(),
    reason: text('reason'),
    interactionId: text('interaction_id'),
    at: at('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.approvalId, table.version, table.person, table.decision] }),
    foreignKey({
      columns: [table.approvalId, table.version],
      foreignColumns: [approvalVersions.approvalId, approvalVersions.version],
    }),
  ],
)

export type Receipt = {
  recordId: string
  modifiedAt: string | null
  by: 'write' | 'read-back'
  /** No attempt before the last left a request without an answer. Older builds did not say; their first had none. */
  answered?: boolean
  /** Fields that held something else when read back right after the write. */
  differs?: string[]
}

export const operations = pgTable(
  'operations',
  {
    id: text('id').primaryKey(),
    approvalId: text('approval_id').notNull().unique(),
    /** Always 'approved': the database itself refuses an operation nobody approved. */
    approvalState: word<'approved'>('approval_state').notNull().default('approved'),
    version: integer('version').notNull(),
    changeHash: text('change_hash').notNull(),
    state: word<OperationState>('state').notNull(),
    attempt: integer('attempt').notNull().default(0),
    lease: text('lease'),
    leaseUntil: at('lease_until'),
    nextAttemptAt: at('next_attempt_at').notNull().defaultNow(),
    /** When the first request that could take effect was about to leave; null: Zoho never heard of it. */
    sentAt: at('sent_at'),
    /** The record's time that first request was conditional on. */
    sentIfUnmodifiedSince: text('sent_if_unmodified_since'),
    precondition: word<'strong' | 'weak'>('precondition'),
    receipt: json<Receipt>('receipt'),
    /** On a conflict: what the touched fields hold now. */
    found: json<Fields>('found'),
    error: text('error'),
    createdAt: at('created_at').notNull().defaultNow(),
    finishedAt: at('finished_at'),
    /** When somebody decided that one that failed stays undone. */
    discardedAt: at('discarded_at'),
  },
  (table) => [
    foreignKey({
      name: 'operation_needs_approval',
      columns: [table.approvalId, table.approvalState],
      foreignColumns: [approvals.id, approvals.state],
    }),
    foreignKey({
      name: 'operation_writes_a_shown_version',
      columns: [table.approvalId, table.version],
      foreignColumns: [approvalVersions.approvalId, approvalVersions.version],
    }),
    check('operation_is_approved', sql`approval_state = 'approved'`),
    // What a worker or the sweeper may claim.
    index('operations_due').on(table.nextAttemptAt).where(sql`state in ('planned', 'writing', 'unknown')`),
    // Dead letters.
    index('operations_failed').on(table.finishedAt).where(sql`state = 'failed' and discarded_at is null`),
    // What was written lately and is not in memory yet.
    index('operations_finished').on(table.finishedAt),
  ],
)

// ——— what goes out ———

/** What to send: ready blocks, or a reference that is rendered from its row when sent. */
export type OutboxBody =
  | {
      text: string
      blocks: unknown[]
      metadata?: { event_type: string; event_payload: Record<string, unknown> }
    }
  | { card: string }

export const outbox = pgTable(
  'outbox',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    teamId: text('team_id').notNull(),
    /** A Slack channel id, or a user id for a direct message. */
    channel: text('channel').notNull(),
    /** Names the message across its post and its updates, e.g. `card:<approval>`. */
    messageKey: text('message_key').notNull(),
    action: word<'post' | 'update' | 'ephemeral'>('action').notNull(),
    /** The message in whose thread it stands. */
    threadKey: text('thread_key'),
    /** Who sees an ephemeral message. */
    forUser: text('for_user'),
    dedupeKey: text('dedupe_key').notNull().unique(),
    body: json<OutboxBody>('body').notNull(),
    state: word<'pending' | 'sent' | 'skipped' | 'failed'>('state').notNull().default('pending'),
    attempt: integer('attempt').notNull().default(0),
    nextAttemptAt: at('next_attempt_at').notNull().defaultNow(),
    lease: text('lease'),
    leaseUntil: at('lease_until'),
    sentChannel: text('sent_channel'),
    ts: text('ts'),
    error: text('error'),
    createdAt: at('created_at').notNull().defaultNow(),
    sentAt: at('sent_at'),
    discardedAt: at('discarded_at'),
  },
  (table) => [
    // The next message of a channel, in order.
    index('outbox_pending').on(table.channel, table.id).where(sql`state = 'pending'`),
    index('outbox_message').on(table.messageKey),
    // Dead letters.
    index('outbox_failed').on(table.createdAt).where(sql`state = 'failed' and discarded_at is null`),
    index('outbox_cards').on(sql`(${table.body} ->> 'card')`).where(sql`action = 'post'`),
  ],
)

/** Token buckets shared by all processes, e.g. one per Slack channel. */
export const limits = pgTable('limits', {
  key: text('key').primaryKey(),
  tokens: doublePrecision('tokens').notNull(),
  refilledAt: at('refilled_at').notNull(),
  blockedUntil: at('blocked_until'),
})

export const digests = pgTable(
  'digests',
  {
    id: text('id').primaryKey(),
    teamId: text('team_id').notNull(),
    /** Owner id, or the channel of a team digest. */
    recipient: text('recipient').notNull(),
    kind: word<'owner' | 'team'>('kind').notNull(),
    /** The recipient's local date, `YYYY-MM-DD`. */
    localDate: text('local_date').notNull(),
    /** `empty`: nothing to say, nothing sent. `late`: its hour had passed by more than four. */
    state: word<'sent' | 'empty' | 'late'>('state').notNull(),
    recommendationIds: json<string[]>('recommendation_ids').notNull().default([]),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('digest_once').on(table.teamId, table.recipient, table.localDate, table.kind),
    // When someone last had one.
    index('digests_last').on(table.recipient, table.createdAt),
  ],
)

export const scheduleRuns = pgTable(
  'schedule_runs',
  {
    schedule: text('schedule').notNull(),
    slot: at('slot').notNull(),
    startedAt: at('started_at').notNull().defaultNow(),
    /** Null until its job was handed over; the sweeper hands it over again. */
    enqueuedAt: at('enqueued_at'),
  },
  (table) => [primaryKey({ columns: [table.schedule, table.slot] })],
)

/** Jobs that used up their attempts, one row per subject. It goes when a job of the subject comes through, or is discarded. */
export const failedJobs = pgTable(
  'failed_jobs',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    name: text('name').notNull(),
    subject: text('subject').notNull(),
    payload: json<Record<string, unknown>>('payload').notNull(),
    error: text('error').notNull(),
    /** How often it used them up since it last came through. */
    times: integer('times').notNull().default(1),
    firstFailedAt: at('first_failed_at').notNull().defaultNow(),
    failedAt: at('failed_at').notNull().defaultNow(),
    /** From when it counts as a dead letter: what another service holds up has time to come through by itself. */
    countsFrom: at('counts_from').notNull(),
    /** Somebody wants it tried again: the sweeper hands it over. */
    retryAt: at('retry_at'),
  },
  (table) => [unique('failed_job_once').on(table.name, table.subject)],
)

// ——— memory ———

/**
 * What happened, one row per source. All but notes is made from the rows above, and made anew whenever they move. Who
 * it is about stands in columns, so that erasing a person is one query.
 */
export const memoryEvents = pgTable(
  'memory_events',
  {
    /** Its source and what of it, e.g. `Calls:4876876000000666001`, `Deals:48…:won`: the same source is one row. */
    key: text('key').primaryKey(),
    accountId: text('account_id').notNull(),
    /** Of its account when it was remembered: it narrows a search, and what may be seen is asked of the account itself. */
    ownerId: text('owner_id'),
    contactId: text('contact_id'),
    dealId: text('deal_id'),
    kind: word<MemoryKind>('kind').notNull(),
    source: word<MemorySource>('source').notNull(),
    recordId: text('record_id').notNull(),
    at: at('at').notNull(),
    title: text('title').notNull(),
    text: text('text').notNull(),
    /** Where a person finds it, when that is not the CRM. */
    url: text('url'),
    /** A note's author and who told it to the bot, owner ids or Slack ids. */
    by: text('by'),
    /** Key of an event that says nearly the same: only that one is shown, with both sources. */
    mergedInto: text('merged_into'),
    /** Words of title and text, folded, one space apart. */
    folded: text('folded').notNull(),
    search: searchable('search').generatedAlwaysAs(wordsOf('folded')),
    contentHash: text('content_hash').notNull(),
  },
  (table) => [
    // An account's timeline.
    index('memory_events_account').on(table.accountId, table.at),
    // The newest, among which those with a common word are found: of all, and of somebody's accounts.
    index('memory_events_at').on(table.at),
    index('memory_events_owner').on(table.ownerId, table.at),
    // Those that hold a rare one.
    index('memory_events_search').using('gin', table.search),
    // What is known through a person or a deal.
    index('memory_events_contact').on(table.contactId, table.at).where(sql`contact_id is not null`),
    index('memory_events_deal').on(table.dealId, table.at).where(sql`deal_id is not null`),
  ],
)

/** Who and what memory speaks of: records of the CRM, and names and traits that several accounts share. */
export const memoryEntities = pgTable(
  'memory_entities',
  {
    /** `<kind>:<key>`, e.g. `contact:48…`, `competitor:globex`. */
    id: text('id').primaryKey(),
    kind: word<EntityKind>('kind').notNull(),
    name: text('name').notNull(),
    /** Null for what accounts share. */
    accountId: text('account_id'),
    folded: text('folded').notNull(),
    search: searchable('search').generatedAlwaysAs(wordsOf('folded')),
  },
  (table) => [
    index('memory_entities_account').on(table.accountId),
    // Names by their words; a migration adds an index by their spelling where the server has one.
    index('memory_entities_search').using('gin', table.search),
  ],
)

export const memoryRelations = pgTable(
  'memory_relations',
  {
    fromId: text('from_id').notNull(),
    kind: word<RelationKind>('kind').notNull(),
    toId: text('to_id').notNull(),
    /** The account that it is known from. */
    accountId: text('account_id').notNull(),
    /** The event or the record that says so. */
    sourceKey: text('source_key').notNull(),
    at: at('at'),
  },
  (table) => [
    primaryKey({ columns: [table.fromId, table.kind, table.toId, table.sourceKey] }),
    // Who shares a trait, and where a name is mentioned.
    index('memory_relations_to').on(table.toId, table.kind),
    index('memory_relations_account').on(table.accountId),
  ],
)

/** What was so, and when: a statement about an entity, with the record that says it. */
export const memoryFacts = pgTable(
  'memory_facts',
  {
    key: text('key').primaryKey(),
    accountId: text('account_id').notNull(),
    contactId: text('contact_id'),
    entityId: text('entity_id').notNull(),
    statement: text('statement').notNull(),
    source: word<MemorySource>('source').notNull(),
    recordId: text('record_id').notNull(),
    /** Null: since before anything is known. */
    validFrom: at('valid_from'),
    /** Null: still. */
    validTo: at('valid_to'),
    folded: text('folded').notNull(),
    search: searchable('search').generatedAlwaysAs(wordsOf('folded')),
    contentHash: text('content_hash').notNull(),
  },
  (table) => [
    index('memory_facts_account').on(table.accountId),
    index('memory_facts_entity').on(table.entityId, table.validFrom),
    index('memory_facts_search').using('gin', table.search),
  ],
)

// ——— audit ———

export const auditEvents = pgTable('audit_events', {
  seq: bigint('seq', { mode: 'number' }).primaryKey(),
  /** RFC 8785 JSON, stored as hashed; holds no personal data. */
  envelope: text('envelope').notNull(),
  prevHash: bytes('prev_hash').notNull().unique(),
  hash: bytes('hash').notNull().unique(),
})

export const auditPayloads = pgTable('audit_payloads', {
  seq: bigint('seq', { mode: 'number' })
    .primaryKey()
    .references(() => auditEvents.seq),
  /** AES-256-GCM: iv, tag, ciphertext. */
  ciphertext: bytes('ciphertext').notNull(),
})

/** What a transaction has to add to the chain: taken up, and taken out, while it commits. Empty in between. */
export const auditPending = pgTable('audit_pending', {
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  /** The envelope around its time, which is read when its place in the chain is known. */
  beforeTime: text('before_time').notNull(),
  afterTime: text('after_time').notNull(),
  ciphertext: bytes('ciphertext').notNull(),
})

/** One row, locked by every append: a chain without it forks. */
export const auditHead = pgTable('audit_head', {
  id: integer('id').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  hash: bytes('hash').notNull(),
})

/**
 * What the trail was at a size, signed: the row is never changed, except that it comes to be published. Its frontier
 * is what the next one goes on from.
 */
export const auditCheckpoints = pgTable('audit_checkpoints', {
  size: bigint('size', { mode: 'number' }).primaryKey(),
  root: bytes('root').notNull(),
  /** The roots of the perfect trees that make it up, largest first, 32 bytes each. */
  frontier: bytes('frontier').notNull(),
  /** C2SP tlog-checkpoint, as published. */
  note: text('note').notNull(),
  /** Null until it is outside this database. */
  publishedAt: at('published_at'),
})

/**
 * What the payloads about an account are encrypted with. An account may have several: whoever finds none makes one,
 * and waits for nobody. Erasing an account takes them out.
 */
export const auditKeys = pgTable(
  'audit_keys',
  {
    /** Stands in each ciphertext made with it, and in the event that tells of its erasure. */
    id: uuid('id').primaryKey(),
    /** Account id. */
    about: text('about').notNull(),
    /** The key itself, encrypted. */
    wrapped: bytes('wrapped').notNull(),
  },
  // For whoever is about to add an event about an account.
  (table) => [index('audit_keys_about').on(table.about)],
)

// ——— connections and settings ———

export const crmTokens = pgTable('crm_tokens', {
  connection: word<'read' | 'write'>('connection').primaryKey(),
  /** Encrypted access token. */
  accessToken: bytes('access_token'),
  apiDomain: text('api_domain'),
  expiresAt: at('expires_at'),
  refreshLease: text('refresh_lease'),
  refreshLeaseUntil: at('refresh_lease_until'),
  error: text('error'),
})

export const crmChannels = pgTable('crm_channels', {
  channelId: text('channel_id').primaryKey(),
  /** SHA-256 of the token Zoho sends back to us. */
  tokenHash: text('token_hash').notNull(),
  modules: json<Module[]>('modules').notNull(),
  expiresAt: at('expires_at').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
})

export const settings = pgTable('settings', {
  key: text('key').primaryKey(),
  value: json<unknown>('value').notNull(),
  updatedBy: text('updated_by'),
  updatedAt: at('updated_at').notNull().defaultNow(),
})

// ——— language models ———

/** Each call to a model and what it cost, whatever came of it. */
export const llmUsage = pgTable(
  'llm_usage',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: at('at').notNull().defaultNow(),
    role: text('role').notNull(),
    model: text('model').notNull(),
    reviewId: text('review_id'),
    accountId: text('account_id'),
    inputTokens: integer('input_tokens').notNull(),
    outputTokens: integer('output_tokens').notNull(),
    cacheReadTokens: integer('cache_read_tokens').notNull(),
    cacheWriteTokens: integer('cache_write_tokens').notNull(),
    costUsd: doublePrecision('cost_usd').notNull(),
    tookMs: integer('took_ms').notNull(),
    /** `answered`, or why not. */
    result: text('result').notNull(),
  },
  (table) => [index('llm_usage_at').on(table.at)],
)

/** What the model proposed for an account, kept so that the same facts are not asked about again. */
export const authorAnswers = pgTable('author_answers', {
  accountId: text('account_id').primaryKey(),
  /** Hash of what was asked. */
  questionHash: text('question_hash').notNull(),
  drafts: orderedJson('drafts').$type<Draft[]>().notNull(),
  answeredAt: at('answered_at').notNull(),
})

/** What a person asked in their own words, from the moment of asking until it is answered. */
export const questions = pgTable(
  'questions',
  {
    id: text('id').primaryKey(),
    teamId: text('team_id').notNull(),
    ownerId: text('owner_id').notNull(),
    /** Where the answer is said. */
    channel: text('channel').notNull(),
    text: text('text').notNull(),
    askedAt: at('asked_at').notNull().defaultNow(),
    answeredAt: at('answered_at'),
  },
  (table) => [index('questions_open').on(table.askedAt).where(sql`answered_at is null`)],
)
