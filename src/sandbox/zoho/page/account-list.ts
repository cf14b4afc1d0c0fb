import type { ZohoRecord } from '../../data/crm-data.ts'
import { lookupId, type ZohoState } from '../state.ts'
import { type Html, html } from './html.ts'
import { date, meter, pill } from './values.ts'

const MOST_ROWS = 300

/** The list of accounts, narrowed by a word of the name and by owner. */
export function accountList(
  state: ZohoState,
  { base, search, owner }: { base: string; search: string; owner: string },
): { live: Html } {
  const word = search.trim().toLowerCase()
  const accounts = [...state.all('Accounts')]
    .filter((account) => word === '' || String(account.Account_Name).toLowerCase().includes(word))
    .filter((account) => owner === '' || lookupId(account.Owner) === owner)
    .sort((a, b) => String(a.Account_Name).localeCompare(String(b.Account_Name)))
  const owners = state.people.filter((person) => person.role === 'owner')
  const shown = accounts.slice(0, MOST_ROWS)

  const live = html`
<div class="head">
  <div>
    <h1>Accounts</h1>
    <span class="quiet">${accounts.length.toLocaleString('en-US')} of ${state.count('Accounts').toLocaleString('en-US')}${
      accounts.length > shown.length ? `, the first ${shown.length} shown` : ''
    }</span>
  </div>
  <form class="filter push" method="get" action="${base}/accounts">
    <input type="search" name="q" value="${search}" placeholder="Search accounts" aria-label="Search accounts">
    <select name="owner" aria-label="Owner">
      <option value="">All owners</option>
      ${owners.map(
        (person) =>
          html`<option value="${person.crmId}"${person.crmId === owner ? html` selected` : null}>${person.name}</option>`,
      )}
    </select>
  </form>
</div>
<section class="card scroll">
${
  shown.length === 0
    ? html`<p class="empty">No account matches.</p>`
    : html`<table>
  <thead><tr><th>Account</th><th>Status</th><th>Owner</th><th>Health</th><th>Renewal</th><th>Payment</th><th>Last activity</th></tr></thead>
  <tbody>${shown.map((account) => row(account, state, base))}</tbody>
</table>`
}
</section>`
  return { live }
}

function row(account: ZohoRecord, state: ZohoState, base: string): Html {
  const owner = state.personOf(lookupId(account.Owner) ?? '')
  const { Account_Status, Health_Score, Renewal_Date, Payment_Status, Last_Activity_Time } = account
  return html`<tr>
  <td><a href="${base}/records/Accounts/${account.id}">${String(account.Account_Name ?? account.id)}</a>
    <div class="quiet small">${String(account.Industry ?? '')}</div></td>
  <td>${typeof Account_Status === 'string' && pill(Account_Status)}</td>
  <td>${owner?.name ?? '–'}</td>
  <td>${typeof Health_Score === 'number' ? meter(Health_Score) : '–'}</td>
  <td>${typeof Renewal_Date === 'string' ? date(Renewal_Date) : '–'}</td>
  <td>${typeof Payment_Status === 'string' ? pill(Payment_Status) : '–'}</td>
  <td>${typeof Last_Activity_Time === 'string' ? date(Last_Activity_Time) : '–'}</td>
</tr>`
}
