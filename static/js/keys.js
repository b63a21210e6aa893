/** Decide what a key press means. Pure, so that the rules about typing and input methods are tested. */

const TYPING = ['INPUT', 'TEXTAREA', 'SELECT']

/** Return whether the person is writing text, or an input method is composing it. */
export function isTyping(event) {
  if (event.isComposing || event.keyCode === 229) return true
  const target = event.target
  if (!target) return false
  if (target.isContentEditable) return true
  if (!TYPING.includes(target.tagName)) return false
  return !['checkbox', 'radio', 'button'].includes(target.type)
}

/**
 * Return the action a key stands for in `table` (key to action name), or null.
 * Keys with Ctrl, Alt or Meta belong to the browser; single letters and digits can be switched off (WCAG 2.1.4).
 */
export function actionOf(event, table, singleKeys = true) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return null
  if (isTyping(event)) return null
  if (event.key.length === 1 && !singleKeys) return null
  return Object.prototype.hasOwnProperty.call(table, event.key) ? table[event.key] : null
}

/** Return the index to move to in a list of `length`, staying at its ends; -1 when it is empty. */
export function move(index, step, length) {
  if (length === 0) return -1
  return Math.min(length - 1, Math.max(0, index + step))
}
