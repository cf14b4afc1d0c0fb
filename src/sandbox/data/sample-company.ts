import { type CrmData, recordId, type ZohoRecord, zohoTime } from './crm-data.ts'
import { addDays } from './days.ts'
import { isCustomer, SAMPLE_ACCOUNTS, type SampleAccount, type Scene } from './sample-accounts.ts'
import { addLetter, addOpenTask, addPast } from './sample-activities.ts'
import { addDeals } from './sample-deals.ts'
import { createLedger, type Draft, type Ledger, stamps } from './sample-draft.ts'
import * as words from './sample-words.ts'
import { createRandom, type Random } from './seeded.ts'

/** A company to show the bot with: the same seed and the same day give the same company. */
export function generateCompany({ seed, now }: { seed: string; now: Date }): CrmData {
  const ledger = createLedger(now)
  for (const [index, account] of SAMPLE_ACCOUNTS.entries()) {
    addAccount(ledger, account, { index, random: createRandom(`${seed} ${index} ${account.name}`) })
  }
  return ledger.company
}

function addAccount(
  ledger: Ledger,
  account: SampleAccount,
  { index, random }: { index: number; random: Random },
) {
  const owners = ledger.company.people.filter((person) => person.role === 'owner')
  const person = owners[index % owners.length]
  if (!person?.crmId) throw new Error('a sample owner has no CRM user')
  const owner = { id: person.crmId, name: person.name, email: person.email }
  const draft: Draft = { account, id: recordId('Accounts', index + 1), owner, contacts: [], random }

  const began = account.scene.kind === 'new' ? account.scene.daysAgo : random.between(260, 900)
  const lastTouch = lastTouchOf(account.scene, random)
  addContacts(ledger, draft, { began, index })
  addPast(ledger, draft, { from: Math.min(began, 170), to: lastTouch })
  addScene(ledger, draft, lastTouch)
  addDeals(ledger, draft, began)
  ledger.records.Accounts.push(accountRecord(ledger, draft, { began, lastTouch, index }))
}

function addContacts(ledger: Ledger, draft: Draft, { began, index }: { began: number; index: number }) {
  const { account, random, id, owner } = draft
  const count = random.between(2, 4)
  for (let each = 0; each < count; each += 1) {
    // Walking the lists at different paces keeps two people of one name apart.
    const first = words.FIRST_NAMES[(index * 5 + each * 7) % words.FIRST_NAMES.length] ?? 'Alex'
    const last = words.LAST_NAMES[(index * 3 + each * 11) % words.LAST_NAMES.length] ?? 'Moore'
    const executive = each === 0 && (index % 2 === 0 || account.employees > 1000)
    const contactId = recordId('Contacts', ledger.nextOrdinal('Contacts'))
    ledger.records.Contacts.push({
      id: contactId,
      First_Name: first,
      Last_Name: last,
      Full_Name: `${first} ${last}`,
      Account_Name: { id },
      Email: `${first}.${last}@${domain(account)}`.toLowerCase(),
      Phone: `+1 555 01${String((index * 7 + each) % 100).padStart(2, '0')}`,
      Title: executive ? random.pick(words.EXECUTIVES) : random.pick(words.TITLES),
      Department: executive ? 'Executive' : random.pick(words.DEPARTMENTS),
      ...stamps(owner, ledger.daysAgo(began, 10 * 60)),
    })
    draft.contacts.push({ id: contactId, name: `${first} ${last}`, first })
  }
}

/** What sets this account apart, told by what was written and decided lately. */
function addScene(ledger: Ledger, draft: Draft, lastTouch: number) {
  const { scene } = draft.account
  const tell = (letters: readonly words.Letter[], days: readonly number[]) => {
    for (const [index, letter] of letters.entries()) {
      addLetter(ledger, draft, { days: days[index] ?? lastTouch, letter })
    }
  }
  switch (scene.kind) {
    case 'growing':
      tell(words.GROWING_LETTERS, [lastTouch + 11, lastTouch + 5, lastTouch])
      break
    case 'renewal':
      if (scene.worried) tell(words.WORRIED_LETTERS, [lastTouch + 9, lastTouch])
      break
    case 'unpaid':
      tell(words.UNPAID_LETTERS, [lastTouch + 4, lastTouch])
      break
    case 'at-risk':
      tell(words.UNHAPPY_LETTERS, [lastTouch + 16, lastTouch + 14, lastTouch])
      addOpenTask(ledger, draft, {
        subject: 'Send written root cause',
        dueInDays: -4,
        daysAgo: lastTouch + 14,
      })
      break
    case 'new':
      addOpenTask(ledger, draft, { subject: 'Plan the kick-off', dueInDays: 4, daysAgo: scene.daysAgo })
      break
    case 'handed-over':
      handOver(ledger, draft, scene.daysAgo)
      break
  }
}

/** The account came from a colleague; its timeline says so. */
function handOver({ company, daysAgo, tell }: Ledger, { id, owner }: Draft, days: number) {
  const before = company.people.find((person) => person.role === 'owner' && person.crmId !== owner.id)
  const manager = company.people.find((person) => person.role === 'manager')
  if (!before || !manager?.crmId) throw new Error('the sample company lacks a colleague or a manager')
  const by = { id: manager.crmId, name: manager.name }
  tell({ module: 'Accounts', id, at: daysAgo(days, 10 * 60 + 20) }, by, [
    { field: 'Owner', old: before.name, new: owner.name ?? null },
  ])
}

function accountRecord(
  { today, daysAgo }: Ledger,
  { account, random, id, owner }: Draft,
  { began, lastTouch, index }: { began: number; lastTouch: number; index: number },
): ZohoRecord {
  const { scene } = account
  const customer = isCustomer(scene)
  const renewalIn = scene.kind === 'renewal' ? scene.inDays : random.between(130, 330)
  const modified = daysAgo(scene.kind === 'handed-over' ? scene.daysAgo : lastTouch, 17 * 60)
  return {
    id,
    Account_Name: account.name,
    Account_Type: customer ? 'Customer' : 'Prospect',
    Account_Status: statusOf(scene),
    Health_Score: customer ? healthOf(scene, random) : null,
    Renewal_Date: customer ? addDays(today, renewalIn) : null,
    Payment_Status: customer ? (scene.kind === 'unpaid' ? 'Overdue' : 'Paid') : null,
    External_Id: `SC-${String(index + 1).padStart(4, '0')}`,
    Industry: account.industry,
    Employees: account.employees,
    Annual_Revenue: account.employees * random.between(90, 160) * 1000,
    Website: `https://www.${domain(account)}`,
    Phone: `+1 555 01${String(index % 100).padStart(2, '0')}`,
    Billing_City: account.city,
    Billing_State: account.state,
    Last_Activity_Time: zohoTime(daysAgo(lastTouch, 17 * 60)),
    ...stamps(owner, daysAgo(began, 9 * 60), modified),
  }
}

function statusOf(scene: Scene): string {
  if (scene.kind === 'at-risk') return 'At Risk'
  if (scene.kind === 'new') return 'Onboarding'
  return scene.kind === 'dormant' ? 'Inactive' : 'Active'
}

function healthOf(scene: Scene, random: Random): number {
  if (scene.kind === 'at-risk') return random.between(22, 35)
  if (scene.kind === 'silent') return Math.max(30, 78 - scene.days)
  if (scene.kind === 'unpaid' || scene.kind === 'stalled') return random.between(58, 70)
  return scene.kind === 'growing' ? random.between(90, 97) : random.between(74, 93)
}

/** Days since the last contact. */
function lastTouchOf(scene: Scene, random: Random): number {
  if (scene.kind === 'silent') return scene.days
  if (scene.kind === 'dormant') return 125
  return scene.kind === 'new' ? 1 : random.between(1, 5)
}

/** Under `.example`, which never belongs to anyone. The industry keeps two companies of one name apart. */
function domain({ name, industry }: SampleAccount): string {
  const named = SAMPLE_ACCOUNTS.filter((account) => account.name === name)
  const words = named.length > 1 ? `${name} ${industry}` : name
  const plain = words.toLowerCase().replaceAll('ø', 'o').replaceAll('å', 'a').replaceAll('æ', 'ae')
  return `${plain.replace(/[^a-z]+/g, '')}.example`
}
