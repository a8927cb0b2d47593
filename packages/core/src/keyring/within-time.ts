const timedOut: unique symbol = Symbol('timed out')

/** What a keyring gives, or a TimeoutError after so many milliseconds; bytes that come later are zeroed. */
export async function withinTime<Given>(asked: Promise<Given>, milliseconds: number): Promise<Given> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<typeof timedOut>((resolve) => {
    timer = setTimeout(() => resolve(timedOut), milliseconds)
  })
  const first = await Promise.race([asked, late]).finally(() => clearTimeout(timer))
  if (first !== timedOut) return first
  asked.then(
    (given) => (given instanceof Uint8Array ? given.fill(0) : undefined),
    () => undefined,
  )
  throw new DOMException(`No answer within ${milliseconds} ms`, 'TimeoutError')
}
