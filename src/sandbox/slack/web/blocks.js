import { useState } from 'preact/hooks'
import { Element } from './elements.js'
import { html } from './html.js'
import { Markdown, Mrkdwn, RichText, TextObject, withEmoji } from './text.js'

/** Block Kit on a surface (see `elements.js`); `errors` are a modal's, by block id. */
export function Blocks({ blocks, surface, errors = {} }) {
  return html`<div class="blocks">
    ${blocks.map(
      (block) =>
        html`<${Block} key=${block.block_id} block=${block} surface=${surface} error=${errors[block.block_id]} />`,
    )}
  </div>`
}

function Block(props) {
  const { block } = props
  const Drawn = kinds[block.type] ?? Unknown
  return html`<div class=${`block ${block.type}`} data-block-id=${block.block_id}><${Drawn} ...${props} /></div>`
}

const kinds = {
  header: ({ block }) => html`<h2>${withEmoji(block.text.text)}</h2>`,
  divider: () => html`<hr />`,
  section: Section,
  context: Context,
  actions: Elements,
  context_actions: Elements,
  image: Image,
  input: Input,
  markdown: ({ block, surface }) => html`<${Markdown} text=${block.text} reader=${surface.reader} />`,
  rich_text: ({ block, surface }) => html`<${RichText} block=${block} reader=${surface.reader} />`,
  table: ({ block, surface }) =>
    html`<${Table} rows=${block.rows} settings=${block.column_settings} reader=${surface.reader} />`,
  data_table: DataTable,
  container: Container,
  card: Card,
  carousel: ({ block, surface }) =>
    html`<div class="carousel">${block.elements.map((card) => html`<${Card} block=${{ block_id: block.block_id, ...card }} surface=${surface} />`)}</div>`,
  alert: Alert,
}

function Unknown({ block }) {
  return html`<p class="unsupported">This page cannot show a ${block.type.replaceAll('_', ' ')} block.</p>`
}

function Section({ block, surface }) {
  const [open, setOpen] = useState(block.expand === true || (block.text?.text.length ?? 0) < 700)
  return html`<div class="section-row">
    <div class="section-body">
      ${block.text && html`<div class=${open ? '' : 'clipped'}><${TextObject} value=${block.text} reader=${surface.reader} /></div>`}
      ${!open && html`<button type="button" class="link" onClick=${() => setOpen(true)}>See more</button>`}
      ${
        block.fields &&
        html`<div class="fields">
          ${block.fields.map((field) => html`<div class="field"><${TextObject} value=${field} reader=${surface.reader} /></div>`)}
        </div>`
      }
    </div>
    ${block.accessory && html`<div class="accessory"><${Element} element=${block.accessory} blockId=${block.block_id} surface=${surface} /></div>`}
  </div>`
}

function Context({ block, surface }) {
  return html`<div class="context-row">
    ${block.elements.map((element) =>
      element.type === 'image'
        ? html`<img src=${element.image_url} alt=${element.alt_text} />`
        : html`<span><${TextObject} value=${element} reader=${surface.reader} /></span>`,
    )}
  </div>`
}

function Elements({ block, surface }) {
  return html`<div class="elements-row">
    ${block.elements.map(
      (element) =>
        html`<${Element} key=${element.action_id} element=${element} blockId=${block.block_id} surface=${surface} />`,
    )}
  </div>`
}

function Image({ block }) {
  return html`<figure>
    ${block.title && html`<figcaption>${withEmoji(block.title.text)}</figcaption>`}
    <img src=${block.image_url} alt=${block.alt_text} />
  </figure>`
}

function Input({ block, surface, error }) {
  const labelId = `label-${block.block_id}`
  const hintId = `hint-${block.block_id}`
  return html`<div class=${error ? 'input-row invalid' : 'input-row'}>
    <label id=${labelId}>
      ${withEmoji(block.label.text)}${block.optional && html`<span class="optional"> (optional)</span>`}
    </label>
    <${Element}
      element=${block.element}
      blockId=${block.block_id}
      surface=${surface}
      asInput=${!block.dispatch_action}
      labelId=${labelId}
      describedBy=${hintId}
    />
    ${error && html`<p class="error" role="alert">${error}</p>`}
    ${block.hint && html`<p class="input-hint" id=${hintId}>${withEmoji(block.hint.text)}</p>`}
  </div>`
}

function Cell({ cell, reader }) {
  return cell.type === 'rich_text' ? html`<${RichText} block=${cell} reader=${reader} />` : cell.text
}

function Table({ rows, settings = [], reader, caption, rowHeader }) {
  const [head = [], ...body] = rows
  const align = (column) => ({ textAlign: settings[column]?.align ?? 'left' })
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${caption ?? 'Table'}>
    <table>
      ${caption && html`<caption>${caption}</caption>`}
      <thead>
        <tr>${head.map((cell, column) => html`<th scope="col" style=${align(column)}><${Cell} cell=${cell} reader=${reader} /></th>`)}</tr>
      </thead>
      <tbody>
        ${body.map(
          (row) => html`<tr>
            ${row.map((cell, column) =>
              column === rowHeader
                ? html`<th scope="row" style=${align(column)}><${Cell} cell=${cell} reader=${reader} /></th>`
                : html`<td style=${cell.type === 'raw_number' ? { textAlign: 'right' } : align(column)}><${Cell} cell=${cell} reader=${reader} /></td>`,
            )}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

const sortKey = (cell) => (cell.type === 'raw_number' ? cell.value : String(cell.text ?? '').toLowerCase())

/** A table with pages, sorting by a column and a filter, as Slack draws it. */
function DataTable({ block, surface }) {
  const { rows, caption, page_size: pageSize = 5, row_header_column_index: rowHeader = 0 } = block
  const [page, setPage] = useState(0)
  const [sort, setSort] = useState(null)
  const [head, ...body] = rows
  const sorted = sort
    ? body.toSorted((a, b) => (sortKey(a[sort.column]) < sortKey(b[sort.column]) ? -sort.step : sort.step))
    : body
  const pages = Math.max(1, Math.ceil(sorted.length / pageSize))
  const shown = sorted.slice(page * pageSize, (page + 1) * pageSize)
  return html`<div>
    <div class="table-scroll">
      <table>
        <caption>${caption}</caption>
        <thead>
          <tr>
            ${head.map(
              (
                cell,
                column,
              ) => html`<th scope="col" aria-sort=${sort?.column === column ? (sort.step > 0 ? 'ascending' : 'descending') : 'none'}>
                <button type="button" onClick=${() => setSort({ column, step: sort?.column === column ? -sort.step : 1 })}>
                  <${Cell} cell=${cell} reader=${surface.reader} />
                  <span aria-hidden="true">${sort?.column === column ? (sort.step > 0 ? ' ↑' : ' ↓') : ''}</span>
                </button>
              </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (row) => html`<tr>
              ${row.map((cell, column) =>
                column === rowHeader
                  ? html`<th scope="row"><${Cell} cell=${cell} reader=${surface.reader} /></th>`
                  : html`<td class=${cell.type === 'raw_number' ? 'number' : ''}><${Cell} cell=${cell} reader=${surface.reader} /></td>`,
              )}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      pages > 1 &&
      html`<div class="pages">
        <button type="button" class="link" disabled=${page === 0} onClick=${() => setPage(page - 1)}>Previous</button>
        <span>${page + 1} of ${pages}</span>
        <button type="button" class="link" disabled=${page === pages - 1} onClick=${() => setPage(page + 1)}>Next</button>
      </div>`
    }
  </div>`
}

function Container({ block, surface }) {
  const [open, setOpen] = useState(!(block.is_collapsible && block.default_collapsed))
  const title = block.rich_text_title
    ? html`<${RichText} block=${block.rich_text_title} reader=${surface.reader} />`
    : withEmoji(block.title.text)
  return html`<section class=${`container-box ${block.width ?? 'standard'}`}>
    <header>
      ${block.icon && html`<img src=${block.icon.image_url} alt=${block.icon.alt_text} />`}
      <div>
        <h3>${title}</h3>
        ${block.subtitle && html`<p class="subtitle"><${TextObject} value=${block.subtitle} reader=${surface.reader} /></p>`}
      </div>
      ${
        block.is_collapsible &&
        html`<button type="button" class="icon" aria-expanded=${open} aria-label=${open ? 'Collapse' : 'Expand'} onClick=${() => setOpen(!open)}>
          ${open ? '▾' : '▸'}
        </button>`
      }
    </header>
    ${open && html`<${Blocks} blocks=${block.child_blocks} surface=${surface} />`}
  </section>`
}

function Card({ block, surface }) {
  const { title, subtitle, body, subtext } = block
  const line = (value, name) =>
    value && html`<p class=${name}><${Mrkdwn} text=${value.text} reader=${surface.reader} /></p>`
  return html`<article class="card-box">
    ${line(title, 'title')}${line(subtitle, 'subtitle')}${line(body, 'text')}${line(subtext, 'subtitle')}
    ${block.actions && html`<${Elements} block=${{ block_id: block.block_id, elements: block.actions }} surface=${surface} />`}
  </article>`
}

const alertSigns = { info: 'ℹ', warning: '⚠', error: '⛔', success: '✓', default: '•' }

function Alert({ block, surface }) {
  const level = block.level ?? 'default'
  return html`<div class=${`alert-box ${level}`} role="status">
    <span aria-hidden="true">${alertSigns[level]}</span>
    <span><${TextObject} value=${block.text} reader=${surface.reader} /></span>
  </div>`
}
