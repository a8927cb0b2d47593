import { execFile } from 'node:child_process'

/** Runs a program to its end: its standard output and exit code. Its standard error goes to ours. */
export function runProgram(
  [program, ...fixed]: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  return new Promise<{ output: string; code: number }>((resolve, reject) => {
    const options = { maxBuffer: 2 ** 26, env: { ...process.env, ...env } }
    const child = execFile(program!, [...fixed, ...args], options, (error, output) => {
      if (error && typeof error.code !== 'number') reject(error)
      else resolve({ output, code: child.exitCode ?? 1 })
    })
    child.stderr?.pipe(process.stderr)
  })
}
