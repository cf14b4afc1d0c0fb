import { useState } from 'preact/hooks'

/** What stands in an element before anybody touches it (mirrors what the server counts as initial). */
function initialChoice(element) {
  return (
    element.initial_option?.value ??
    element.initial_options?.map((option) => option.value) ??
    element.initial_value ??
    element.initial_date ??
    element.initial_time ??
    element.initial_date_time ??
    element.initial_user ??
    element.initial_users ??
    element.initial_channel ??
    element.initial_channels ??
    element.initial_conversation ??
    element.initial_conversations ??
    null
  )
}

/** Where an element stands: its action id may occur in several blocks. */
const keyOf = (blockId, element) => `${blockId}/${element.action_id}`

function initialChoices(blocks) {
  return blocks.flatMap((block) => {
    const own = [...(block.elements ?? []), block.accessory, block.element].filter(
      (element) => element?.action_id,
    )
    return [
      ...initialChoices(block.child_blocks ?? []),
      ...own.map((element) => [keyOf(block.block_id, element), initialChoice(element)]),
    ]
  })
}

/**
 * The choices standing in a surface's elements and how they change. What a person typed stays when the bot
 * updates the surface, as long as the element is still there.
 */
export function useSurface({ blocks, app, press }) {
  const [typed, setTyped] = useState({})
  const initial = Object.fromEntries(initialChoices(blocks))
  const choices = {
    ...initial,
    ...Object.fromEntries(Object.entries(typed).filter(([key]) => key in initial)),
  }
  return {
    choices,
    choiceOf: (blockId, element) => choices[keyOf(blockId, element)],
    choose: (blockId, element, value) =>
      setTyped((before) => ({ ...before, [keyOf(blockId, element)]: value })),
    press: (element, blockId, value) =>
      press({
        user: app.state.me,
        action_id: element.action_id,
        block_id: blockId,
        state: choices,
        ...(value !== undefined && { value }),
      }),
    reader: app.reader,
    people: app.state.people,
    channels: app.state.channels,
  }
}
