/** Files of the grid, folded: the way to bring one, and the grid as a file in each form. */

import { address } from '../api.js'
import { el } from '../dom.js'
import { term, word } from '../page.js'

const FORMS = ['geojson', 'gpkg', 'shp', 'topojson', 'csv']

/** Return the fold; `of` says of which release or plan, nothing of the grid in force; `onImport()` begins an import. */
export function filesFold(city, of = {}, onImport = null) {
  const link = (format) => el('a', { class: 'button', href: address('/api/grids/export', { city: city.code, ...of, format }), download: '', 'data-format': format }, term('grid_format', format))
  return el('details', { class: 'plan-fold plan-files' }, el('summary', {}, word('files.title')),
    onImport ? el('div', { class: 'plan-buttons' }, el('button', { type: 'button', class: 'button', id: 'import-open', onclick: onImport }, word('imports.open'))) : null,
    el('p', { class: 'soft' }, word(of.plan ? 'files.of_plan' : 'files.of_grid')), el('div', { class: 'plan-buttons' }, FORMS.map(link)))
}
