/** Numbers of a plan as rows: groups inside groups become one list. Pure. */

/** Return nested numbers as one object: `{ a: { b: 1 } }` is `{ a_b: 1 }`; what is no number is left out. */
export function flat(group, before = '') {
  const found = {}
  for (const [key, value] of Object.entries(group)) {
    if (typeof value === 'number') found[`${before}${key}`] = value
    else if (value !== null && typeof value === 'object' && !Array.isArray(value)) Object.assign(found, flat(value, `${before}${key}_`))
  }
  return found
}

/** Return whether two numbers are the same to what one can read: a millionth of them. */
export function isSame(one, other) {
  if (typeof one !== 'number' || typeof other !== 'number') return one === other
  return Math.abs(one - other) <= 1e-6 * Math.max(1, Math.abs(one), Math.abs(other))
}
