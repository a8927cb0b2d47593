/** The unsigned big-endian number that bytes spell. */
export const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)

/** A number as exactly `length` bytes, big-endian. */
export const fromBigInt = (value: bigint, length: number): Buffer =>
  Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex')

/** The residue from 0 to modulus - 1, of negative numbers too. */
export const mod = (value: bigint, modulus: bigint): bigint => {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

/** The inverse modulo a number that has no factor in common with the value (extended Euclid). */
export const modInverse = (value: bigint, modulus: bigint): bigint => {
  let [low, high] = [mod(value, modulus), modulus]
  let [x, y] = [1n, 0n]
  while (low > 0n) {
    const quotient = high / low
    ;[low, high] = [high - quotient * low, low]
    ;[x, y] = [y - quotient * x, x]
  }
  return mod(y, modulus)
}
