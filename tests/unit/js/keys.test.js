import assert from 'node:assert/strict'
import test from 'node:test'

import { actionOf, isTyping, move } from '../../../static/js/keys.js'

const TABLE = { j: 'next', 1: 'send', ArrowDown: 'next' }
const press = (key, more = {}) => ({ key, target: { tagName: 'BODY' }, ...more })

test('a key stands for its action', () => {
  assert.equal(actionOf(press('j'), TABLE), 'next')
  assert.equal(actionOf(press('x'), TABLE), null)
  assert.equal(actionOf(press('toString'), TABLE), null)
})

test('keys with Ctrl, Alt or Meta belong to the browser', () => {
  for (const modifier of ['ctrlKey', 'altKey', 'metaKey']) assert.equal(actionOf(press('j', { [modifier]: true }), TABLE), null)
})

test('nothing happens while somebody writes or an input method composes', () => {
  for (const tagName of ['INPUT', 'TEXTAREA', 'SELECT']) assert.equal(actionOf(press('j', { target: { tagName } }), TABLE), null)
  assert.equal(actionOf(press('j', { target: { tagName: 'DIV', isContentEditable: true } }), TABLE), null)
  assert.equal(actionOf(press('j', { isComposing: true }), TABLE), null)
  assert.equal(actionOf(press('1', { keyCode: 229 }), TABLE), null)
})

test('a check box is no text field', () => {
  assert.equal(isTyping(press('j', { target: { tagName: 'INPUT', type: 'checkbox' } })), false)
  assert.equal(isTyping(press('j', { target: { tagName: 'INPUT', type: 'text' } })), true)
})

test('single letters and digits can be switched off, arrows cannot', () => {
  assert.equal(actionOf(press('j'), TABLE, false), null)
  assert.equal(actionOf(press('1'), TABLE, false), null)
  assert.equal(actionOf(press('ArrowDown'), TABLE, false), 'next')
})

test('a key somebody already used is not used again', () => {
  assert.equal(actionOf(press('j', { defaultPrevented: true }), TABLE), null)
})

test('moving in a list stops at its ends', () => {
  assert.equal(move(0, 1, 3), 1)
  assert.equal(move(2, 1, 3), 2)
  assert.equal(move(0, -1, 3), 0)
  assert.equal(move(-1, 1, 3), 0)
  assert.equal(move(0, 1, 0), -1)
})
