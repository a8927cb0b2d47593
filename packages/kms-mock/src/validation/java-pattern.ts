const compiled = new Map<string, RegExp>()

/**
 * A pattern of AWS's, which is one of Java's and matches a value as a whole. Compiled on first use.
 * Java's `\s` is ASCII white space; the model has it inside of brackets only.
 */
export const javaPattern = (pattern: string): RegExp => {
  let expression = compiled.get(pattern)
  if (expression === undefined) {
    expression = new RegExp(`^(?:${pattern.replaceAll(String.raw`\s`, String.raw` \t\n\v\f\r`)})$`, 'u')
    compiled.set(pattern, expression)
  }
  return expression
}
