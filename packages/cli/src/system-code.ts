/** What the operating system said, `ENOENT` and the like; the error's name when it has no code. */
export function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
