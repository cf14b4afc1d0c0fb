/**
 * What Slack takes. Lengths are UTF-16 units, which is never less than Slack counts.
 *
 * @see https://docs.slack.dev/reference/block-kit/
 */
export const LIMITS = {
  /** Blocks in a message, and in a modal or App Home. */
  messageBlocks: 50,
  viewBlocks: 100,
  /** Ours, not Slack's: `text` is the notification and what is read aloud. */
  messageText: 80,
  header: 150,
  sectionText: 3000,
  sectionFields: 10,
  fieldText: 2000,
  contextElements: 10,
  contextText: 3000,
  actionsElements: 25,
  buttonText: 75,
  buttonValue: 2000,
  url: 3000,
  accessibilityLabel: 75,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  overflowOptions: 5,
  selectOptions: 100,
  optionText: 75,
  optionValue: 150,
  checkboxes: 10,
  placeholder: 150,
  inputLabel: 2000,
  inputHint: 2000,
  inputValue: 3000,
  id: 255,
  viewTitle: 24,
  privateMetadata: 3000,
  tableRows: 100,
  tableColumns: 20,
  /** Characters in all tables of one message together. */
  tableText: 10_000,
} as const
