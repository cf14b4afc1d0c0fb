import { gt, lte, sql } from 'drizzle-orm'
import type { Module } from '../model/field.ts'
import type { Db } from './db.ts'
import { crmChannels } from './schema.ts'

export type CrmChannel = {
  channelId: string
  /** SHA-256, hex, of the token that notifications carry. */
  tokenHash: string
  modules: Module[]
  expiresAt: Date
  createdAt: Date
}

export async function activeChannels(db: Db): Promise<CrmChannel[]> {
  return db
    .select()
    .from(crmChannels)
    .where(gt(crmChannels.expiresAt, sql`clock_timestamp()`))
    .orderBy(crmChannels.createdAt)
}

/** Keeps a channel just registered or renewed, and forgets those that have ended. */
export async function keepChannel(db: Db, channel: Omit<CrmChannel, 'createdAt'>): Promise<void> {
  await db.delete(crmChannels).where(lte(crmChannels.expiresAt, sql`clock_timestamp()`))
  await db
    .insert(crmChannels)
    .values(channel)
    .onConflictDoUpdate({
      target: crmChannels.channelId,
      set: { ...channel, createdAt: sql`clock_timestamp()` },
    })
}
