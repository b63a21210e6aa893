/** The form that brings a file of cells: the file, and how it is to be read where it does not say so itself. */

import { upload } from '../api.js'
import { el } from '../dom.js'
import { word } from '../page.js'
import { Field } from '../parts/field.js'
import { form, textField } from '../parts/form.js'
import { waited } from './importwait.js'

const ENDS = '.geojson,.json,.topojson,.gpkg,.zip,.csv'
const LARGEST = 64 * 2 ** 20 // bytes that the server keeps
const COLUMNS = ['code', 'name', 'community']
const ENCODINGS = ['UTF-8', 'GBK', 'Big5']

/** Return the form; `onReport(sheet)` hears what the server found in the file. */
export function fileForm(city, onReport) {
  const fields = allFields()
  const layers = el('div', { class: 'plan-buttons', role: 'group', 'aria-label': word('imports.layers') })
  const wait = el('div', {})
  const send = async () => {
    layers.replaceChildren()
    const data = filled(fields)
    if (data === null) return
    try {
      onReport(await waited(wait, () => upload(`/api/grids/imports?city=${encodeURIComponent(city.code)}`, data)))
    } catch (problem) {
      if (problem.field === 'layer') layers.replaceChildren(...offered(problem, fields.layer.control, element))
      throw problem
    }
  }
  const how = [fields.frame, fields.axes, fields.encoding, ...COLUMNS.map((name) => fields[`columns.${name}`])].map((field) => field.element)
  const element = form(fields, word('imports.send'), send, [
    fields.file.element, el('details', { class: 'import-how' }, el('summary', {}, word('imports.how')), fields.layer.element, layers, how), wait,
  ])
  return element
}

function allFields() {
  const choice = (id, values) => el('select', { id }, el('option', { value: '' }, word('imports.by_file')), values.map(([value, text]) => el('option', { value }, text)))
  const fields = {
    file: new Field(word('imports.file'), el('input', { id: 'import-file', type: 'file', accept: ENDS, required: true }), { hint: word('imports.file_hint') }),
    frame: textField('import-frame', word('imports.frame'), { maxlength: 40 }, word('imports.frame_hint')),
    axes: new Field(word('imports.axes'), choice('import-axes', ['xy', 'yx'].map((value) => [value, word(`imports.axes_${value}`)]))),
    encoding: new Field(word('imports.encoding'), choice('import-encoding', ENCODINGS.map((value) => [value, value]))),
    layer: textField('import-layer', word('imports.layer'), { maxlength: 200 }),
  }
  for (const name of COLUMNS) fields[`columns.${name}`] = textField(`import-${name}`, word(`imports.column_${name}`), { maxlength: 200 })
  return fields
}

/** Return what is filled in as the server wants it; null when no file can be sent. */
function filled(fields) {
  const [file] = fields.file.control.files
  if (!file || file.size > LARGEST) {
    fields.file.fail(word(file ? 'imports.too_large' : 'imports.no_file'))
    fields.file.control.focus()
    return null
  }
  const data = new FormData()
  data.append('file', file)
  for (const name of ['frame', 'axes', 'encoding', 'layer']) {
    const value = fields[name].control.value.trim()
    if (value) data.append(name, value)
  }
  const columns = COLUMNS.map((name) => [name, fields[`columns.${name}`].control.value.trim()]).filter(([, value]) => value)
  if (columns.length) data.append('columns', JSON.stringify(Object.fromEntries(columns)))
  return data
}

/** Return a button for each layer the refusal names: one press reads that one. */
function offered({ body }, control, element) {
  const names = String(body.value || '').replace(/^['"]|['"]$/g, '').split(', ').filter((name) => name && !name.includes('…'))
  return names.map((name) => el('button', {
    type: 'button', class: 'button', onclick: () => {
      control.value = name.replace(/\.[a-z]+$/i, '')
      element.querySelector('[type="submit"]').click() // Safari 14 has no requestSubmit
    },
  }, name))
}
