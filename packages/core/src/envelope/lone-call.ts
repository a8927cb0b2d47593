/** Messages that are sealed or opened whole at this moment, in this process. */
let underWay = 0

export function beginCall(): void {
  underWay += 1
}

export function endCall(): void {
  underWay -= 1
}

/** Beyond it, hashing takes as long as the signature. */
const smallMessage = 65_536

/**
 * Whether a signature is made or checked at once, not on the thread pool: only where one small message is under way
 * and nobody else's would use another core. The way to the pool and back is a seventh of such a call.
 */
export function isAlone(signed: Buffer): boolean {
  return underWay === 1 && signed.length <= smallMessage
}
