/** Build elements. Text enters as text nodes only; there is no way here to pass HTML. */

const SVG = 'http://www.w3.org/2000/svg'

/** Return an element: `el('button', { class: 'x', onclick: f }, 'text', child)`; null children are left out. */
export function el(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children)
}

/** Return an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children)
}

/** Return the element with an id that the page is known to have. */
export function byId(id) {
  return document.getElementById(id)
}

/** Let `list` hold these elements in this order; what is in its place already is not touched, so that it keeps focus and finger. */
export function arrange(list, wanted) {
  const all = new Set(wanted)
  for (const element of Array.from(list.children)) if (!all.has(element)) element.remove()
  wanted.forEach((element, i) => list.children[i] === element || list.insertBefore(element, list.children[i] || null))
}

/** Say something to people who do not see the screen; the same words twice are said twice. */
export function announce(text) {
  const place = byId('announce')
  place.textContent = ''
  requestAnimationFrame(() => { place.textContent = text })
}

/** Say something that cannot wait: it interrupts whoever is listening. */
export function alarm(text) {
  const place = byId('alarm')
  place.textContent = ''
  requestAnimationFrame(() => { place.textContent = text })
}

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false))
  return element
}
