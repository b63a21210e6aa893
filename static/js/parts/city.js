/** Which city the page is about: from the address, else the first; a list to choose from when there are several. */

import { get } from '../api.js'
import { byId, el } from '../dom.js'
import { askedCity, lang, setQuery, word } from '../page.js'
import { empty, failed, loading } from './states.js'

/** Fetch the cities, show which one is open and return it; when there is none, say so in the panel and return null. */
export async function openCity() {
  const panel = byId('panel')
  panel.replaceChildren(loading())
  try {
    const { items } = await get('/api/cities')
    const asked = askedCity()
    const city = asked ? items.find((item) => item.code === asked) : items[0]
    if (items.length > 0) byId('city').replaceChildren(...chooser(items, city))
    if (city && !city.bounds) {
      panel.replaceChildren(empty('city.no_cells'))
      return null
    }
    if (city) {
      setQuery('city', city.code)
      panel.replaceChildren()
      return city
    }
    panel.replaceChildren(empty(items.length === 0 ? 'city.none' : 'city.unknown'))
  } catch (problem) {
    panel.replaceChildren(failed(problem, () => window.location.reload()))
  }
  return null
}

/** Return the name of a city in the language of the page. */
export function cityName(city) {
  return lang === 'en' && city.name_en ? city.name_en : city.name
}

function chooser(items, city) {
  const badge = city?.is_generated ? el('strong', { class: 'badge' }, word('city.demo')) : null
  if (items.length === 1 && city) return [el('span', { class: 'city-name' }, cityName(city)), badge].filter(Boolean)
  const options = items.map((item) => el('option', { value: item.code, selected: item === city }, cityName(item)))
  if (!city) options.unshift(el('option', { value: '', selected: true }, word('city.choose')))
  const select = el('select', { 'aria-label': word('city.choose'), onchange: () => change(select.value) }, options)
  return [select, badge].filter(Boolean)
}

function change(code) {
  const url = new URL(window.location.href)
  url.searchParams.set('city', code)
  url.searchParams.delete('worker')
  url.hash = ''
  window.location.assign(url)
}
