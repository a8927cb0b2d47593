// Executes the snippets of the README, the packages' READMEs and the guides: ```js as a module, ```sh by bash,
// those of one page in order and in one folder, with KMS, DynamoDB and S3 on loopback where the AWS SDK looks
// for endpoints. A fence is left out only after a comment <!-- not executed: why -->.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './public-packages.mjs'
import { snippetServers } from './snippet-servers.mjs'

const runners = {
  js: { file: (n) => `snippet-${n}.mjs`, command: (file) => [process.execPath, file] },
  sh: { file: (n) => `snippet-${n}.sh`, command: (file) => ['bash', '-euo', 'pipefail', file] },
}

const markdown = (folder) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(folder, entry.name))

const pages = [
  ...markdown('.'),
  ...markdown('docs'),
  ...readdirSync(join(root, 'packages')).flatMap((name) => markdown(`packages/${name}`)),
]

const fence = /(?:<!-- not executed: (?<why>[^>]+?) -->\n)?```(?<language>js|sh)\n(?<text>[\s\S]*?)\n```/g

const servers = await snippetServers()
let ran = 0
let faults = 0
try {
  for (const page of pages) {
    const folder = mkdtempSync(join(tmpdir(), 'sealring-snippets-'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
    const text = readFileSync(join(root, page), 'utf8')
    let number = 0
    for (const match of text.matchAll(fence)) {
      const { why, language, text: snippet } = match.groups
      const where = `${page}:${text.slice(0, match.index).split('\n').length}`
      if (why) {
        console.log(`left  ${where}: ${why}`)
        continue
      }
      const { file, command } = runners[language]
      const path = join(folder, file(++number))
      writeFileSync(path, `${snippet}\n`)
      const [program, ...args] = command(path)
      const { status, stdout, stderr, error } = spawnSync(program, args, {
        cwd: folder,
        encoding: 'utf8',
        timeout: 60_000,
        env: { ...process.env, ...servers.env },
      })
      ran++
      if (status === 0) console.log(`ok    ${where}`)
      else {
        faults++
        console.log(`fault ${where}: ${error?.message ?? `exit ${status}`}\n${snippet}\n${stdout}${stderr}`)
      }
    }
    rmSync(folder, { recursive: true, force: true })
  }
} finally {
  await servers.stop()
}
console.log(`snippets: ${ran} executed, ${faults} faults`)
process.exitCode = faults || ran === 0 ? 1 : 0
