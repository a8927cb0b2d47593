/** What lies at a path into an answer; fails where there is nothing to go into. */
export const memberAt = (value: unknown, ...path: (string | number)[]): unknown => {
  let found = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null) throw new Error(`there is nothing at ${path.join('.')}`)
    found = Reflect.get(found, name)
  }
  return found
}
