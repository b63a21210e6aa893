/** What differs between two grids, in words: a list by kind, each with where its land is from. */

import { announce, el } from '../dom.js'
import { count, groupedCode } from '../format.js'
import { lang, term, word } from '../page.js'
import { grouped, isOfLand } from './compared.js'

const MOST_LISTED = 200 // of each kind
const MOST_PARENTS = 3

/** Return the elements that tell what the server found; `goTo(bounds)` shows where a cell lies. */
export function differences(found, goTo) {
  const groups = grouped(found)
  const kept = el('p', { class: 'soft' }, word('compare.kept', { n: count(found.kept, lang) }))
  announce(word(groups.length ? 'compare.found' : 'compare.nothing', { n: count(found.changed.length, lang) }))
  if (groups.length === 0) return [el('p', { class: 'state' }, word('compare.nothing')), kept]
  const left = found.left_out ? el('p', { class: 'estimate' }, word('compare.left_out', { n: count(found.left_out, lang) })) : null
  return [kept, left, ...groups.map((one) => group(one, goTo))].filter(Boolean)
}

function group({ kind, items }, goTo) {
  const more = items.length - MOST_LISTED
  return el('details', { class: 'plan-fold', open: true }, el('summary', {}, `${term('change', kind)} (${count(items.length, lang)})`),
    el('ul', { class: 'plan-list', 'data-change': kind }, items.slice(0, MOST_LISTED).map((item) => row(kind, item, goTo)),
      more > 0 ? el('li', {}, word('compare.more', { n: count(more, lang) })) : null))
}

function row(kind, item, goTo) {
  const label = titleOf(kind, item)
  const parents = item.parents.slice(0, MOST_PARENTS).map(({ code, share }) => word('compare.share', { code: groupedCode(code), n: count(share * 100, lang, 1) }))
  const go = () => {
    goTo(item.bounds)
    announce(word('compare.there', { cell: label }))
  }
  return el('li', {}, item.bounds ? el('button', { type: 'button', class: 'link', onclick: go }, label) : el('span', {}, label),
    item.isGone ? el('span', { class: 'tag' }, word('numbers.gone')) : null,
    parents.length && isOfLand([kind]) ? el('span', { class: 'soft' }, word('compare.land', { parts: parents.join(word('page.comma')) })) : null)
}

/** Return what an entry is called: of a name or a code that changed, both. */
function titleOf(kind, { code, name, wasCode, wasName }) {
  if (kind === 'renamed') return `${groupedCode(code)} ${wasName || word('cells.no_name')} → ${name || word('cells.no_name')}`
  if (kind === 'recoded' && wasCode && wasCode !== code) return `${groupedCode(wasCode)} → ${groupedCode(code)} ${name}`
  return `${groupedCode(code)} ${name}`
}
