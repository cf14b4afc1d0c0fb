import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** Small companies as a folder of CSV files. */

export type DealLine = {
  id: string
  account: string
  created: string
  closed: string | null
  status: 'Open' | 'Won' | 'Lost'
  stage?: string
  amount?: number
}
export type ActivityLine = { id: string; account: string; on: string; type: string }
export type Company = { accounts: string[]; deals: DealLine[]; activities: ActivityLine[] }

export function csvOf({ accounts, deals, activities }: Company): Record<string, string> {
  return {
    'accounts.csv': lines(
      'id,company_name',
      accounts.map((id) => [id, `Company "${id}", Ltd`]),
    ),
    'contacts.csv': lines('contact_id,account_id', []),
    'deals.csv': lines(
      'deal_id,deal_name,account_id,pipeline,stage,amount,created_date,close_date,deal_status',
      deals.map(({ id, account, created, closed, status, stage, amount }) => [
        id,
        `Deal ${id}`,
        account,
        'New Business',
        stage ?? (status === 'Open' ? 'Proposal' : `Closed ${status}`),
        String(amount ?? 1000),
        created,
        closed ?? '',
        status,
      ]),
    ),
    'activities.csv': lines(
      'activity_id,activity_type,subject,activity_date,account_id,completed',
      activities.map(({ id, account, on, type }) => [id, type, 'A line\nand another', on, account, 'Yes']),
    ),
  }
}

function lines(header: string, rows: readonly string[][]): string {
  const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  return [header, ...rows.map((row) => row.map(quoted).join(','))].join('\r\n')
}

/** Folders that are gone when the tests are over. */
export function temporaryFolders() {
  const root = mkdtempSync(join(tmpdir(), 'sergas-backtest-'))
  let made = 0
  return {
    write(files: Record<string, string>, { gzip = false } = {}): string {
      made += 1
      const folder = join(root, String(made))
      mkdirSync(folder)
      for (const [name, text] of Object.entries(files)) {
        if (gzip) writeFileSync(join(folder, `${name}.gz`), gzipSync(text))
        else writeFileSync(join(folder, name), text)
      }
      return folder
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

export function dayFrom(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
