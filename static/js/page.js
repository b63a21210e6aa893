/** What the page starts from: role, language, words and styles, read once from the JSON block in the page. */

import { know } from './api.js'
import { byId } from './dom.js'
import { saidOf, wordFor, wordsOf } from './words.js'

const data = JSON.parse(byId('page-data').textContent)
const answers = byId('page-answers')
if (answers) know(JSON.parse(answers.textContent))
const night = window.matchMedia('(prefers-color-scheme: dark)')

export const role = data.role
export const lang = data.lang
export const style = data.style

/** Return one of our words. */
export const word = wordsOf(data.words)

/** Return the word of a value that may come from a city: `term('status', 'free')`. */
export function term(prefix, value) {
  return wordFor(data.words, prefix, value)
}

const refusals = saidOf(data.refusals)

/** Return what the server said in English in the page's language; null when we have no words for it. */
export function said(text) {
  return lang === 'en' ? text : refusals(text)
}

/** Return a palette colour for day or night, whichever it is now. */
export function colour(name) {
  const shade = data.style.palette[name]
  return night.matches ? shade.dark : shade.light
}

/** Call `listener` when day turns to night or back. */
export function onNight(listener) {
  night.addEventListener('change', listener)
}

/** Return whether moving things should stand still. */
export function isCalm() {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches
}

/** Return a value of the address; null when it is not there. */
export function query(name) {
  return new URLSearchParams(window.location.search).get(name)
}

/** Return something else a page starts from, by its name. */
export function started(name) {
  return data[name]
}

/** Return the code of the city that was asked for. */
export function askedCity() {
  return data.city
}

/** Write a value into the address without reloading; null takes it out. */
export function setQuery(name, value) {
  const url = new URL(window.location.href)
  if (value === null) url.searchParams.delete(name)
  else url.searchParams.set(name, value)
  window.history.replaceState(null, '', url)
  keepLinks()
}

/** Let the links to other roles and the other language keep the rest of the address. */
export function keepLinks() {
  const here = new URL(window.location.href)
  for (const link of document.querySelectorAll('a[data-keep]')) {
    const url = new URL(link.href)
    const language = url.searchParams.get('lang')
    for (const [name, value] of here.searchParams) url.searchParams.set(name, value)
    url.searchParams.set('lang', language)
    url.hash = here.hash
    link.href = url.pathname + url.search + url.hash
  }
}
