// Control, format, surrogate and private-use characters, line and paragraph separators. Names and messages come
// from other people's servers: none of them may steer the terminal or forge a line.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu

/** A text as one line that a terminal shows literally; anything else appears as `\u{…}`. */
export function printable(text: string): string {
  return text.replaceAll(unprintable, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
}
