// OpenBao, or Vault, in development mode (in memory, unsealed) for the page about it, where one of the commands is found.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const pathOf = (command) => {
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}

/** `env` and a folder `path` with the command `bao`; `stop()`. Both empty where there is no such command. */
export async function snippetBao() {
  const binary = pathOf('bao') ?? pathOf('vault')
  if (binary === undefined) return { env: {}, path: [], stop: () => undefined }
  const token = 'root-of-the-snippets'
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'sealring-bao-'))
  symlinkSync(binary, join(folder, 'bao'))
  const options = [
    `-dev-root-token-id=${token}`,
    `-dev-listen-address=127.0.0.1:${port}`,
    '-dev-no-store-token',
  ]
  const server = spawn(binary, ['server', '-dev', ...options], {
    stdio: 'ignore',
    env: { ...process.env, HOME: folder },
  })
  const address = `http://127.0.0.1:${port}`
  const stop = async () => {
    if (server.exitCode === null && server.kill()) await once(server, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
  for (let left = 100; ; left--) {
    const health = await fetch(`${address}/v1/sys/health`).catch(() => undefined)
    if (health?.ok) break
    if (left === 0 || server.exitCode !== null) {
      await stop()
      throw new Error(`${binary} does not start in development mode`)
    }
    await sleep(100)
  }
  const names = ['VAULT', 'BAO']
  const env = names.flatMap((name) => [
    [`${name}_ADDR`, address],
    [`${name}_TOKEN`, token],
  ])
  return { env: Object.fromEntries(env), path: [folder], stop }
}
