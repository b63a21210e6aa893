/** What a person may do with an assignment (派单): the server's table says it, this only chooses what to show. Pure. */

/** The way of an assignment that goes well. */
export const WAY = ['offered', 'accepted', 'under_way', 'on_site', 'done']

const ON = ['accept', 'set_out', 'arrive', 'finish'] // in the order they are taken

/** Return the steps a responder is shown, of those that are possible: the next one on the way, then declining. */
export function shownSteps(possible) {
  const next = ON.find((name) => possible.includes(name))
  return [next, possible.includes('decline') ? 'decline' : null].filter(Boolean)
}

/** Return whether somebody is still meant to go: what can go on or be taken back is not over. */
export function isActive(assignment) {
  return WAY.includes(assignment.state) && assignment.state !== 'done'
}
