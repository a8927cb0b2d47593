import { randomUUID } from 'node:crypto'

let prefix = ''
let count = 0

/** A request id, unlike any other, in the form of a UUID. It needs no randomness of its own, which would cost as much as all of the answer's head. */
export const requestId = (): string => {
  count += 1
  if (prefix === '' || count > 0xffff_ffff) {
    prefix = randomUUID().slice(0, 28)
    count = 0
  }
  return prefix + count.toString(16).padStart(8, '0')
}
