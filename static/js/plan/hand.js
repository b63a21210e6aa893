/** The hand on the map: pointer and keys go to the tool that is chosen; whatever it began, Escape ends. */

import { isTyping } from '../keys.js'

const STILL = 4 // pixels a pointer may tremble and still click

/** Leads what happens on the map to `tool()`; closed again it leaves the map as it was. */
export class Hand {
  constructor(view, tool, { onEscape, onEmpty }) {
    Object.assign(this, { view, tool, onEscape, onEmpty, isMore: false, from: null, hasDragged: false })
    this.box = view.map.getContainer()
    this.heard = [
      [this.box, 'pointerdown', (event) => this.down(event), true], [window, 'pointermove', (event) => this.move(event)],
      [window, 'pointerup', (event) => this.up(event)], [window, 'pointercancel', () => this.drop()],
      [this.box, 'dblclick', () => this.tool().finish()], [document, 'keydown', (event) => this.key(event)],
    ]
    for (const [target, kind, listener, isCapture] of this.heard) target.addEventListener(kind, listener, Boolean(isCapture))
    view.map.doubleClickZoom.disable()
    view.picker = (lonlat) => this.click(lonlat)
  }

  close() {
    for (const [target, kind, listener, isCapture] of this.heard) target.removeEventListener(kind, listener, Boolean(isCapture))
    this.view.map.doubleClickZoom.enable()
    this.view.map.dragging.enable()
    this.view.picker = null
  }

  place(event) {
    const { lng, lat } = this.view.map.mouseEventToLatLng(event)
    return [lng, lat]
  }

  down(event) {
    this.isMore = event.shiftKey || event.ctrlKey || event.metaKey
    this.hasDragged = false
    if (event.button !== 0 || !event.isPrimary || event.target.closest('.leaflet-control, .leaflet-marker-icon')) return
    const at = this.place(event)
    if (!this.tool().down(at, event)) return
    this.from = { x: event.clientX, y: event.clientY }
    this.view.map.dragging.disable()
    this.view.map.boxZoom.disable()
  }

  move(event) {
    if (!this.from) {
      if (event.target instanceof Element && this.box.contains(event.target)) this.tool().hover(this.place(event))
      return
    }
    const { x, y } = this.from
    this.hasDragged = this.hasDragged || Math.hypot(event.clientX - x, event.clientY - y) > STILL
    if (this.hasDragged) this.tool().drag(this.place(event))
  }

  up(event) {
    if (!this.from) return
    const at = this.place(event)
    this.let()
    if (this.hasDragged) this.tool().drop(at)
    else this.tool().cancel()
    this.onEmpty()
  }

  /** The pointer was taken from us, as by a gesture of the system: nothing is changed. */
  drop() {
    if (!this.from) return
    this.let()
    this.tool().cancel()
    this.onEmpty()
  }

  let() {
    this.from = null
    this.view.map.dragging.enable()
    this.view.map.boxZoom.enable()
  }

  /** A click, or Enter on the map with the place in its middle. */
  click(lonlat) {
    if (this.hasDragged) this.hasDragged = false
    else this.tool().click(lonlat, this.isMore)
    this.isMore = false
  }

  key(event) {
    if (event.key !== 'Escape' || event.defaultPrevented || isTyping(event)) return
    if (this.from) {
      this.let()
      this.hasDragged = true // the release that follows is no click
    }
    if (this.tool().cancel()) this.onEmpty()
    else this.onEscape()
  }
}

/** What every tool has; each overrides what it needs. */
export class Tool {
  constructor(editing) {
    this.editing = editing
    this.board = editing.board
  }

  /** Return whether something is in the hand that must not be drawn anew. */
  get isBusy() {
    return false
  }

  /** The tool is taken up. */
  begin() {}

  /** The tool is put away. */
  end() {
    this.cancel()
  }

  /** Return whether the pointer that comes down is for the tool; else the map moves. */
  down() {
    return false
  }

  drag() {}

  drop() {}

  hover() {}

  finish() {}

  /** Choose the cell there. */
  click(lonlat, isMore) {
    const cell = this.board.cellAt(lonlat)
    if (cell) this.editing.pick(cell.code, isMore)
    else if (!isMore) this.editing.choose([])
  }

  /** Give up what was begun; returns whether there was anything. */
  cancel() {
    return false
  }
}
