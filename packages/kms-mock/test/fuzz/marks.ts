import { inputs } from '#src/model/inputs.generated.js'
import type { Shape } from '#src/validation/shape.js'
import type { Json } from './json.js'
import { isObject } from './json.js'

/** Stands in every plaintext, key and password of the examples; twelve bytes, so that base64 of it is the same at each third byte. */
export const secretText = '~SECRET~MARK'
export const secretBase64 = Buffer.from(secretText).toString('base64')
/** For access key ids, whose alphabet is smaller. */
export const secretLetters = 'SECRETMARKSECRETMARK'

/** Plaintext of this many marks. */
export const secretBytes = (marks: number): Buffer => Buffer.from(secretText.repeat(marks))

const marks = [secretText, secretBase64, Buffer.from(secretText).toString('hex'), secretLetters]

export const hasMark = (text: string): boolean => marks.some((mark) => text.includes(mark))

type Search<S> = (value: Json | undefined, shape: S) => boolean
type Searches = { [T in Shape['type']]?: Search<Extract<Shape, { type: T }>> }
const searches: Searches = {
  string: (value, { sensitive }) => sensitive !== true && typeof value === 'string' && hasMark(value),
  structure: (value, { members }) =>
    isObject(value) && Object.entries(members).some(([name, member]) => isAstray(value[name], member)),
  list: (value, { member }) => Array.isArray(value) && value.some((item) => isAstray(item, member)),
  map: (value, shape) =>
    isObject(value) &&
    Object.entries(value).some(([key, item]) => isAstray(key, shape.key) || isAstray(item, shape.value)),
}

/** Whether a request holds a mark where AWS repeats what it gets: a mutation put it into a member that is no secret. */
const isAstray: Search<Shape> = (value, shape) =>
  // A table's row takes the shape that its own name selects; the compiler can't follow that.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  (searches[shape.type] as Search<Shape> | undefined)?.(value, shape) ?? false

const parsed = (body: Buffer): Json | undefined => {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON.parse gives is JSON
    return JSON.parse(body.toString('utf8')) as Json
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Whether an error message may repeat a mark of the request: nowhere, but what no member of a secret holds. */
export const mayRepeat = (operation: string, body: Buffer, message: string): boolean => {
  // In this one, AWS repeats the whole policy.
  if (message.includes(" at 'policy' failed to satisfy constraint")) return true
  const shape: Shape | undefined = Object.entries(inputs).find(([name]) => name === operation)?.[1]
  const document = parsed(body)
  if (shape?.type !== 'structure' || !isObject(document)) return false
  return Object.entries(shape.members).some(
    ([name, member]) => name !== 'Policy' && isAstray(document[name], member),
  )
}
