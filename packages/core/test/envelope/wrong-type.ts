/** A value where its type does not belong, to see it refused at run time. */
export function wrongType(value: unknown): never {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- that it is unsafe is the point
  return value as never
}
