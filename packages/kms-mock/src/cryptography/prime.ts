import { checkPrime } from 'node:crypto'
import { toBigInt } from './big-integers.js'
import type { Draw } from './material-kind.js'

/** Whether a number is prime, found out on the thread pool; wrong at most once in 2 to the 64. */
export const isPrime = (candidate: bigint): Promise<boolean> =>
  new Promise((resolve, reject) => {
    checkPrime(candidate, (error, prime) => (error ? reject(error) : resolve(prime)))
  })

/** The odd primes below a bound. */
const oddPrimes = (bound: number): readonly number[] => {
  const composite = new Uint8Array(bound)
  const primes: number[] = []
  for (let n = 3; n < bound; n += 2) {
    if (composite[n]) continue
    primes.push(n)
    for (let multiple = n * n; multiple < bound; multiple += 2 * n) composite[multiple] = 1
  }
  return primes
}

/**
 * The first prime from a drawn number on, its two highest bits set so that the product of two has
 * twice as many bits, and `p - 1` without a factor in common with the prime `publicExponent`. Searching on from a
 * random start favours primes after long gaps a little: harmless for keys of tests, and it needs one draw.
 */
export const derivePrime = async (bits: number, publicExponent: bigint, draw: Draw): Promise<bigint> => {
  const start = draw(bits / 8)
  start[0]! |= 0xc0
  start[start.length - 1]! |= 1
  const first = toBigInt(start)
  // Small factors are seen in the remainders of the start, without touching the big number again.
  const sieve = oddPrimes(8192).map((prime) => [prime, Number(first % BigInt(prime))] as const)
  for (let offset = 0; ; offset += 2) {
    if (sieve.some(([prime, remainder]) => (remainder + offset) % prime === 0)) continue
    const candidate = first + BigInt(offset)
    if ((candidate - 1n) % publicExponent !== 0n && (await isPrime(candidate))) return candidate
  }
}
